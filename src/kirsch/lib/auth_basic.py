"""`cherrypy.lib.auth_basic`: what is in `kirsch.toolbox.auth_basic`, under the old name."""

from __future__ import annotations

from kirsch.toolbox.auth_basic import basic_auth, checkpassword_dict

__all__ = ["basic_auth", "checkpassword_dict"]
