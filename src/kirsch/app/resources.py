"""Which Resource answers a request: a dispatcher finds the place, and what is made for it is kept.

The tree is looked at for each request, as it may change while it runs; nothing else is worked out twice. Whatever was
made belongs to one version of the config, and is dropped with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from kirsch.app.config import GlobalConfig, Sections, merged
from kirsch.app.hooks import HookMap
from kirsch.app.namespaces import OfRequests
from kirsch.app.resource import Hooking, Resource
from kirsch.dispatch.found import INDEX, Found
from kirsch.dispatch.memory import Memory
from kirsch.dispatch.names import plain
from kirsch.dispatch.tree import Dispatcher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kirsch.app.request import Request

MOST_RESOURCES: Final = 4096
"""How many Resources are kept: trees may hold circles, so their number has no bound of its own."""

DISPATCH: Final = "request.dispatch"
PROXIES: Final = "request.trusted_proxies"


class Owner(Protocol):
    """The application whose Resources these are. See there."""

    root: Any
    config: Sections
    site_config: GlobalConfig
    toolboxes: Mapping[str, Hooking]
    request_class: Any


class Kept:
    """All that was made under one version of the config. A thread that is late fills one that is dropped already.

    others: whether config names other dispatchers somewhere. deep: whether it has sections below `/`.
    """

    def __init__(self, version: int, others: bool, deep: bool) -> None:
        self.version = version
        self.others = others
        self.deep = deep
        self.memory = Memory()
        self.resources: dict[Any, Resource] = {}


class Resources:
    """The Resources of one application. dispatcher: what finds places unless config says otherwise."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.dispatcher = Dispatcher()
        self._kept = Kept(-1, others=False, deep=False)

    def find(self, request: Request) -> Resource:
        """The Resource for the request's path; its arguments and `is_index` are set on the way."""
        owner = self.owner
        kept = self._kept
        version = owner.site_config.version + owner.config.version
        if kept.version != version:
            kept = self._kept = Kept(version, self._names_dispatchers(), owner.config.deep)
        path = request.path_info
        if kept.others:
            dispatcher = self._dispatcher_for(path)
            if dispatcher is not None:
                return self._ask(dispatcher, request, kept)
        segments = path.strip("/").split("/")
        if "" in segments:  # PERF: rare, and sorting out for all costs 100 ns
            segments = [segment for segment in segments if segment]
        segments.append(INDEX)
        place = kept.memory.recall(owner.root, segments)
        if place is None:
            return self._walk(request, kept)
        depth = place.depth
        is_index = depth == len(segments)
        sections = owner.config.match(segments) if kept.deep else ()
        resource: Resource | None = (place.as_index if is_index else place.as_page).get(sections)
        if resource is None:
            return self._walk(request, kept)
        request.is_index = is_index
        rest = segments[depth:-1]
        request.args = list(map(plain, rest)) if "%" in path else rest
        return resource

    def locate(self, request: Request) -> Found | None:
        """What find() goes by: for whoever wants to know why. None if a guest's dispatcher has set the handler."""
        dispatcher = self._dispatcher_for(request.path_info)
        if dispatcher is None:
            return self.dispatcher.find(self.owner.root, request.path_info, dict(request.params))
        found: Found | None = request.found_by(dispatcher, request.path_info)
        return found

    def made(self, found: Found, request: Request, dispatcher: object) -> Resource:
        """The Resource for what a dispatcher that is being asked has found."""
        return self._make(found, request, self._kept, dispatcher)[0]

    def prepared(self, found: Found) -> Resource:
        """The Resource for what was found, outside of any request: ConfigError for what config says wrongly."""
        return Resource(found, self.config_of(found), self._hooking())

    def config_of(self, found: Found) -> dict[str, Any]:
        """The config that holds for what was found."""
        owner = self.owner
        return merged(owner.site_config, found.steps(), owner.config, found.unseen)

    def settings(self, request: Request) -> Mapping[str, Any]:
        """What is said for the root, for a request whose own place was not found before it failed."""
        owner = self.owner
        return merged(owner.site_config, [(owner.root, ())], owner.config)

    # -- steps of it ---------------------------------------------------------------------------------------------

    def _walk(self, request: Request, kept: Kept) -> Resource:
        """Find it by the usual dispatcher, and remember the way."""
        found = self.dispatcher.find(self.owner.root, request.path_info, request.params)
        resource, sections = self._make(found, request, kept, self.dispatcher)
        place = kept.memory.learn(found)
        if place is not None:
            (place.as_index if found.is_index else place.as_page)[sections] = resource
        return resource

    def _make(self, found: Found, request: Request, kept: Kept, dispatcher: object) -> tuple[Resource, tuple[str, ...]]:
        """The Resource for what was found, and the sections that hold for it."""
        owner = self.owner
        if found.params:
            request.from_path = frozenset(found.params)
        request.args = found.rest
        request.is_index = found.is_index
        sections = owner.config.match(found.segments)
        key = (dispatcher, found.path, found.is_index, sections)
        resource = kept.resources.get(key)
        if resource is None or resource.target != found.handler or found.dynamic:
            resource = Resource(found, self.config_of(found), self._hooking())
            if not found.dynamic:
                if len(kept.resources) >= MOST_RESOURCES:
                    kept.resources.clear()
                kept.resources[key] = resource
        return resource, sections

    def _ask(self, dispatcher: Any, request: Request, kept: Kept) -> Resource:
        """Find it by another dispatcher: a callable of the path that gives a Found, or sets handler and config."""
        owner = self.owner
        proxies = owner.config.find("/", PROXIES, owner.site_config.get(PROXIES))
        if proxies is not None:  # a dispatcher may want to know whom to believe
            request.trusted_proxies = proxies
        found = request.found_by(dispatcher, request.path_info)
        if found is not None:
            resource = self._make(found, request, kept, dispatcher)[0]
        else:
            config = request.config or self.settings(request)
            resource = Resource(Found(owner.root, [INDEX], request.params), config, self._hooking())
        if isinstance(request.points, HookMap):  # the dispatcher has attached hooks
            request.points.add(resource.points)
        return resource

    def _hooking(self) -> dict[str, Hooking]:
        """What brings hooks, by namespace: the toolboxes, and namespaces that requests have of their own."""
        own = self.owner.request_class.namespaces
        added = {name: each if hasattr(each, "hooks") else OfRequests(name, each) for name, each in own.items()}
        return {**self.owner.toolboxes, **added}

    def _names_dispatchers(self) -> bool:
        owner = self.owner
        sections = [section for name, section in list(owner.config.items()) if name.startswith("/")]
        return any(DISPATCH in settings for settings in (owner.site_config, *sections))

    def dispatcher_for(self, path: str) -> Any:
        """What finds the place for this path."""
        return self._dispatcher_for(path) or self.dispatcher

    def _dispatcher_for(self, path: str) -> Any:
        """What config names for this path; None for the usual one."""
        owner = self.owner
        return owner.config.find(path, DISPATCH, owner.site_config.get(DISPATCH))
