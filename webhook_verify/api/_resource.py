"""Declaration of operations, once for synchronous and asynchronous clients.

```python
class Endpoint(Resource[AnySender]):
    @operation
    def get(self, app_id: str, endpoint_id: str, **call: Unpack[Call]) -> Operation[EndpointOut]:
        '''Return an endpoint.'''
        return request("GET", "/api/v1/app/{}/endpoint/{}", app_id, endpoint_id, returns=EndpointOut)

Endpoint(Sender(...)).get("acme", "ep_1")             # returns an EndpointOut
await Endpoint(AsyncSender(...)).get("acme", "ep_1")  # the same, awaited
```

The declaration of a call with several operations is a generator of `OperationSteps`.

The descriptor consumes the keyword arguments of `Call` and `PostCall`. A declaration receives only the
others in its `**call`, whose annotation lists all allowed names.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cached_property, update_wrapper
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, get_args, get_type_hints, overload

from webhook_verify.api._docstrings import with_sections
from webhook_verify.api._operation import Operation, OperationSteps, PostCall
from webhook_verify.api._pages import AsyncPages, PageLike, Pages
from webhook_verify.api._sender import AsyncSender, Sender

__all__ = ["AnySender", "Resource", "operation", "paged"]

AnySender = TypeVar("AnySender", bound=Sender | AsyncSender)

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Made = TypeVar("_Made")
_Page = TypeVar("_Page", bound=PageLike[Any])
_CALL = tuple(PostCall.__annotations__)


class Resource(Generic[AnySender]):
    """A group of operations, synchronous with a `Sender` and asynchronous with an `AsyncSender`."""

    def __init__(self, sender: AnySender) -> None:
        self.sender: AnySender = sender


class _Declared(Generic[_P, _Made]):
    """A declaration, which becomes a method of its resource."""

    def __init__(self, declare: Callable[Concatenate[Any, _P], _Made]) -> None:
        self._declare = declare
        self.method: Callable[..., Any] = update_wrapper(self._method(), declare)
        self.method.__doc__ = with_sections(declare)

    def _method(self) -> Callable[..., Any]:
        raise NotImplementedError

    def _taken(self, resource: object, args: Any, kwargs: dict[str, Any]) -> tuple[_Made, PostCall]:
        """Return the declared operation and the options of its call."""
        if len(args) >= self._declare.__code__.co_argcount:  # which counts self
            raise TypeError(
                f"{self.method.__name__}() received {len(args)} positional arguments: pass options as "
                "keyword arguments, such as limit=50 or timeout=5"
            )
        if not self._keywords.issuperset(kwargs):
            unknown = min(kwargs.keys() - self._keywords)
            raise TypeError(f"{self.method.__name__}() got an unexpected keyword argument {unknown!r}")
        call = {name: kwargs.pop(name) for name in _CALL if name in kwargs}
        return self._declare(resource, *args, **kwargs), cast("PostCall", call)

    @cached_property
    def _keywords(self) -> frozenset[str]:
        """Names of all keyword arguments."""
        code = self._declare.__code__
        named = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
        (options,) = get_args(get_type_hints(self._declare)["call"])
        return frozenset({*named, *options.__required_keys__, *options.__optional_keys__})

    def _bound(self, resource: object) -> Any:
        return self if resource is None else MethodType(self.method, resource)


class _Sent(_Declared[_P, Operation[_T] | OperationSteps[_T]]):
    """Decorator of an operation that is sent when the method is called."""

    def _method(self) -> Callable[..., Any]:
        def method(resource: Any, *args: Any, **kwargs: Any) -> Any:
            made, call = self._taken(resource, args, kwargs)
            if isinstance(made, Operation):
                return resource.sender.send(made, call)
            return resource.sender.run(made, call)

        return method

    @overload
    def __get__(self, resource: Resource[Sender], owner: type) -> Callable[_P, _T]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncSender], owner: type
    ) -> Callable[_P, Coroutine[Any, Any, _T]]: ...
    @overload
    def __get__(self, resource: None, owner: type) -> _Sent[_P, _T]: ...
    def __get__(self, resource: object, owner: type) -> Any:
        """Return the method of a resource, or this descriptor on the class."""
        return self._bound(resource)


class _Paged(_Declared[_P, Operation[_Page]]):
    """Decorator of an operation whose result is a page of a list."""

    def _method(self) -> Callable[..., Any]:
        def method(resource: Any, *args: Any, **kwargs: Any) -> Any:
            taken = self._taken(resource, args, kwargs)
            if isinstance(resource.sender, Sender):
                return Pages(resource.sender, *taken)
            return AsyncPages(resource.sender, *taken)

        return method

    @overload
    def __get__(self, resource: Resource[Sender], owner: type) -> Callable[_P, Pages[_Page]]: ...
    @overload
    def __get__(self, resource: Resource[AsyncSender], owner: type) -> Callable[_P, AsyncPages[_Page]]: ...
    @overload
    def __get__(self, resource: None, owner: type) -> _Paged[_P, _Page]: ...
    def __get__(self, resource: object, owner: type) -> Any:
        """Return the method of a resource, or this descriptor on the class."""
        return self._bound(resource)


# In lower case, because they are used as decorators.
operation = _Sent
paged = _Paged
