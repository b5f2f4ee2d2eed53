"""`cherrypy._cpmodpy`: mod_python, which is no more."""

raise ModuleNotFoundError(
    "mod_python has not been maintained since 2010: have Apache speak HTTP to `kirsch run` (mod_proxy_http), or load "
    "the application by mod_wsgi; the manual shows both (how-to/deployment)"
)
