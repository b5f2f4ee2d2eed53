"""Fields that tell browsers to be careful with a page: what it may load, who may frame it, that it is HTTPS only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.errorpage import is_html_page, style_source
from kirsch.app.nonce import new_nonce, nonce_of
from kirsch.http.contentpolicy import NONCE, Policy, permissions
from kirsch.options import Check, Option, Options, between, one_of
from kirsch.toolbox.prepared import PreparedTool, standing

if TYPE_CHECKING:
    from kirsch.app.response import Response

CSP: Final = "Content-Security-Policy"
REPORT: Final = "Content-Security-Policy-Report-Only"
_YEAR: Final = 365 * 24 * 3600
_TEXT: Final = (str, type(None))
_POLICY: Final = (Mapping, str, type(None))
_REFERRERS: Final = one_of(
    "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin",
    "strict-origin-when-cross-origin", "unsafe-url",
)  # fmt: skip
_LINE: Final = Check("of visible characters", lambda given: not isinstance(given, str) or given.isprintable())


class SecuritySettings(Options):
    """None says nothing of the kind."""

    nosniff = Option(True, "Have no browser guess another type than the one declared (X-Content-Type-Options).")
    referrer_policy: Option[str | None] = Option(
        "strict-origin-when-cross-origin", "How much others learn of where a user comes from.", _TEXT, _REFERRERS
    )
    opener_policy: Option[str | None] = Option(
        "same-origin",
        "Which windows share a process with this page (Cross-Origin-Opener-Policy).",
        _TEXT,
        one_of("same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"),
    )
    resource_policy: Option[str | None] = Option(
        None,
        "Whose pages may load this (Cross-Origin-Resource-Policy).",
        _TEXT,
        one_of("same-origin", "same-site", "cross-origin"),
    )
    embedder_policy: Option[str | None] = Option(
        None,
        "What this page may load (Cross-Origin-Embedder-Policy).",
        _TEXT,
        one_of("require-corp", "credentialless", "unsafe-none"),
    )
    frames: Option[Any] = Option(
        "'none'", "Who may show this page in a frame: `'none'`, `'self'`, or origins.", (str, tuple, list, type(None))
    )
    csp: Option[Any] = Option(None, "The Content-Security-Policy, as text or as a dict.", _POLICY, _LINE)
    csp_report_only: Option[Any] = Option(None, "One that is only watched, as text or as a dict.", _POLICY, _LINE)
    permissions_policy: Option[Any] = Option(
        None, "Which features of the browser may be used, as text or as a dict.", _POLICY, _LINE
    )
    hsts = Option(0, "Seconds for which browsers are to use HTTPS only; sent on HTTPS only.", check=between(0))
    hsts_subdomains = Option(False, "Whether that holds for all hosts below this one.")
    hsts_preload = Option(False, "Whether browsers may know it beforehand; for good, in practice.")


class Plan(NamedTuple):
    """Fields that are the same for all requests, and those with a nonce.

    on_error: the policy under which the standard page for errors has its style.
    """

    fields: list[tuple[str, str]]
    with_nonce: list[tuple[str, str]]
    on_error: str
    hsts: str


class SecurityHeaders(PreparedTool):
    """What a page or config has set itself stays; so does what it has taken away.

    With `'nonce'` in the policy, `request.csp_nonce` is made anew for each request: `<script nonce="…">`.
    """

    priority = 1
    choices = SecuritySettings

    def prepare(self, settings: SecuritySettings) -> Plan:
        """The fields."""
        policy = Policy(settings.csp or {})
        if settings.frames is not None and "frame-ancestors" not in policy:
            policy = Policy({**policy, "frame-ancestors": settings.frames})
        frames = {"'none'": "DENY", "'self'": "SAMEORIGIN"}.get(" ".join(policy.get("frame-ancestors", ())))
        watched = Policy(settings.csp_report_only or {})
        said = {
            "X-Content-Type-Options": "nosniff" if settings.nosniff else None,
            "Referrer-Policy": settings.referrer_policy,
            "Cross-Origin-Opener-Policy": settings.opener_policy,
            "Cross-Origin-Resource-Policy": settings.resource_policy,
            "Cross-Origin-Embedder-Policy": settings.embedder_policy,
            "X-Frame-Options": frames,
            "Permissions-Policy": permissions(settings.permissions_policy or ""),
        }
        policies = [(name, each) for name, each in ((CSP, policy), (REPORT, watched)) if each]
        return Plan(
            [(name, value) for name, value in said.items() if value]
            + [(name, str(each)) for name, each in policies if not each.wants_nonce],
            [(name, str(each)) for name, each in policies if each.wants_nonce],
            str(policy.with_style(style_source())),
            _hsts(settings),
        )

    @standing(failsafe=True)
    def on_start_resource(self, request: Any, response: Response, plan: Plan) -> None:
        """At the beginning, so that the page may say otherwise, and whatever answers in its place has them too."""
        headers = response.headers
        for name, value in plan.fields:
            headers.setdefault(name, value)
        if plan.with_nonce:
            nonce = new_nonce(request)
            for name, value in plan.with_nonce:
                headers.setdefault(name, value.replace(NONCE, f"'nonce-{nonce}'"))

    @standing(failsafe=True, priority=31)
    def before_request_body(self, request: Any, response: Response, plan: Plan) -> None:
        """As soon as it is known what a proxy says of the scheme."""
        if plan.hsts and request.scheme == "https":
            response.headers.setdefault("Strict-Transport-Security", plan.hsts)

    @standing(failsafe=True)
    def before_finalize(self, request: Any, response: Response, plan: Plan) -> None:
        """The standard page for errors is to look as it should, also under a strict policy."""
        if plan.on_error and is_html_page(response.page):
            response.headers[CSP] = plan.on_error.replace(NONCE, f"'nonce-{nonce_of(request)}'")

    after_error_response = before_finalize


def _hsts(settings: SecuritySettings) -> str:
    if not settings.hsts:
        return ""
    if settings.hsts_preload and (settings.hsts < _YEAR or not settings.hsts_subdomains):
        raise ValueError(f"hsts_preload wants hsts_subdomains, and hsts for a year at least: {_YEAR}")
    more = "; includeSubDomains" if settings.hsts_subdomains else ""
    return f"max-age={settings.hsts}{more}{'; preload' if settings.hsts_preload else ''}"
