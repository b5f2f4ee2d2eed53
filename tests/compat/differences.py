"""Names of CherryPy that are not here, or are called otherwise, each group with its reason."""

from __future__ import annotations

from typing import Final


def below(place: str, names: str) -> list[str]:
    """The dotted names of several at one place."""
    return [f"{place}.{name}" for name in names.split()]


LEFT_OUT: Final = {
    "what is wrong with a config is found when it is read; the checker has the rest": [
        *(
            name
            for place in ("cherrypy._cpchecker.Checker", "cherrypy.checker")
            for name in below(
                place,
                "check_app_config_brackets check_compatibility check_config_namespaces check_config_types "
                "check_site_config_entries_in_app_config deprecated extra_config_namespaces formatwarning "
                "global_config_contained_paths known_config_types obsolete",
            )
        ),
    ],
    "a request is answered without that step, or by another": [
        *below("cherrypy._cpdispatch.RoutesDispatcher", "find_handler"),
        *below("cherrypy._cpnative_server.NativeGateway", "recursive respond send_response"),
        *(
            name
            for place in ("cherrypy._cprequest.Request", "cherrypy.request")
            for name in below(place, "get_resource handle_error process_headers process_query_string respond throws")
        ),
        *below(
            "cherrypy._cprequest",
            "HookMap.run_hooks ResponseBody error_page_namespace hooks_namespace request_namespace response_namespace",
        ),
        *below("cherrypy._cptools.Toolbox", "__enter__ __exit__"),
        *below("cherrypy._cpwsgi.AppResponse", "headerNames recode_path_qs run translate_headers"),
        *below("cherrypy._cpwsgi_server", "CPWSGIHTTPRequest CPWSGIServer.fmt"),
    ],
    "multipart bodies are read as a whole, part by part, by kirsch.http.multipart": [
        *(
            name
            for kind in ("Entity", "RequestBody")
            for name in below(f"cherrypy._cpreqbody.{kind}", "decode_entity default_content_type next")
        ),
        *below("cherrypy._cpreqbody.RequestBody", "bufsize"),
        *below(
            "cherrypy._cpreqbody.Part",
            "attempt_charsets boundary charset decode_entity default_content_type default_proc fp from_fp next "
            "part_class process processors read_headers read_into_file read_lines_to_boundary readlines",
        ),
    ],
    "the server has no such part; their keys in a config are taken with a warning": [
        *(
            name
            for place in ("cherrypy._cpserver.Server", "cherrypy.server")
            for name in below(
                place,
                "accepted_queue_size accepted_queue_timeout bound_addr description peercreds peercreds_resolve wait "
                "wsgi_version",
            )
        ),
        *below("cherrypy.server", "httpserver_from_self interrupt"),
    ],
    "to read it raises AttributeError in CherryPy, too": [
        *below(
            "cherrypy._cptools",
            "CachingTool.on ErrorTool.on HandlerTool.on HandlerWrapperTool.on SessionAuthTool.on SessionTool.on "
            "Tool.on",
        ),
        "cherrypy.lib.cpstats.StatsTool.on",
    ],
    "descriptors are closed by the system when a program is run anew": [
        "cherrypy.engine.max_cloexec_files",
        "cherrypy.process.wspbus.Bus.max_cloexec_files",
        "cherrypy.process.wspbus.max_files",
    ],
    "sessions and pages lie in stores, which clean up by themselves": [
        *below("cherrypy.lib.caching.MemoryCache", "antistampede_timeout debug expire_cache expire_freq"),
        *below("cherrypy.lib.sessions.MemcachedSession", "locks mc_lock"),
        *below("cherrypy.lib.sessions.RamSession", "cache locks"),
        *(f"cherrypy.lib.sessions.{kind}Session.clean_thread" for kind in ("", "Ram", "File", "Memcached")),
    ],
    "inner parts of a function, and templates": [
        *below("cherrypy", "_cptree.Application.script_name_doc"),
        *below(
            "cherrypy.lib.auth_digest",
            "FALLBACK_CHARSET HttpDigestAuthorization.errmsg HttpDigestAuthorization.scheme TRACE",
        ),
        *below(
            "cherrypy.lib.covercp",
            "CoverStats.annotated_file TEMPLATE_COVERAGE TEMPLATE_FORM TEMPLATE_FRAMESET TEMPLATE_ITEM "
            "TEMPLATE_LOC_COVERED TEMPLATE_LOC_EXCLUDED TEMPLATE_LOC_NOT_COVERED TEMPLATE_MENU get_tree",
        ),
        *below(
            "cherrypy.lib.cpstats",
            "ByteCountWrapper StatsPage.get_dict_collection StatsPage.get_list_collection StatsPage.get_namespaces "
            "StatsTool.record_start StatsTool.record_stop average_uriset_time iso_format locale_date pause_resume "
            "proc_time",
        ),
        *below("cherrypy.lib.cptools", "MonitoredHeaderMap"),
        *below("cherrypy.lib.encoding.ResponseEncoder", "encode_stream encode_string failmsg find_acceptable_charset"),
        *below("cherrypy.lib", "gctools.objgraph profiler.new_func_strip_path httputil.SanitizedHost.dangerous"),
        *below("cherrypy.lib.httputil", "CaseInsensitiveDict.transform_key HeaderMap.transform_key"),
        *below("cherrypy.lib.reprconf", "Config NamespaceSet Parser.as_dict Parser.optionxform Parser.read"),
        *below("cherrypy.process.plugins", "Autoreloader.run Autoreloader.sysfiles ThreadManager.graceful"),
        *below("cherrypy.process.plugins.SignalHandler", "handle_SIGHUP signals"),
        *below("cherrypy.process.servers", "Timeouts.free"),
        *below("cherrypy.process.wspbus.ChannelFailures", "delimiter handle_exception"),
    ],
    "whoever makes one is told that it is no more": [
        *(
            name
            for kind in ("CGI", "FCGI", "SCGI")
            for name in below(f"cherrypy.process.servers.Flup{kind}Server", "start stop")
        ),
    ],
    "tests run on our server": [
        *below("cherrypy.test.helper.CPWebCase", "available_servers default_server"),
        *below(
            "cherrypy.test.helper",
            "LocalSupervisor LocalWSGISupervisor NativeServerSupervisor Supervisor get_cpmodpy_supervisor "
            "get_modfastcgi_supervisor get_modfcgid_supervisor get_modpygw_supervisor get_modwsgi_supervisor "
            "get_wsgi_u_supervisor serverpem",
        ),
        "cherrypy.test.logtest.getchar",
    ],
}

OTHERWISE: Final = {
    "made by the framework, from what it knows of the request": [
        *below("cherrypy._cpdispatch", "LateParamPageHandler PageHandler"),
        *below("cherrypy._cpnative_server", "NativeGateway"),
        *below("cherrypy._cpreqbody", "Entity Part RequestBody"),
        *below("cherrypy._cprequest", "Request"),
        *below("cherrypy._cptools", "CachingTool SessionAuthTool"),
        *below("cherrypy._cplogging", "WSGIErrorHandler"),
        *below("cherrypy._cpconfig", "Config"),
    ],
    "the same by place, under another name": [
        *below("cherrypy._cpconfig", "Config.__setitem__"),
        *below("cherrypy._cpdispatch", "getargspec"),
        *below("cherrypy.lib.httputil", "HeaderMap.elements"),
        *below("cherrypy.process.plugins", "SignalHandler.set_handler"),
        *below("cherrypy.lib.sessions", "FileSession.acquire_lock FileSession.release_lock"),
        *below("cherrypy.test.helper", "log_to_stderr"),
    ],
    "more may be left out": [
        *below("cherrypy._cprequest", "Request.run"),
        *below("cherrypy._cptools", "Tool"),
        *below("cherrypy._cptree", "Application.get_serving"),
    ],
    "another thing: see the page about the move": [
        *below("cherrypy.lib.caching", "Cache.put MemoryCache.put"),
        *below("cherrypy.lib.httputil", "HeaderMap.values"),
        *below("cherrypy.lib.reprconf", "Parser"),
        *below("cherrypy._cpreqbody", "Part.read SizedReader"),
    ],
}
