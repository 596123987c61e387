"""The command line that every model shares: client, callee, relay and chat-server."""

import argparse
import asyncio
import contextlib
import ipaddress
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from . import ends
from .call import Call, Plan
from .chat import ChatClient, Server
from .journal import Journal
from .plane import Plane, Setting
from .relay import Relay
from .switchboard import Switchboard
from .transports import Transport

ANSWERS = ("yes", "never", "decline", "busy")


@dataclass(frozen=True)
class App:
    """What makes a program of an application's parts. Generations are the keys of `transports`."""

    name: str
    plane: Callable[[Setting], Plane]
    relay: Callable[[Random, argparse.Namespace, Journal], Relay]
    transports: dict[str, Callable[[Random], Transport]]
    generation: str
    server_names: dict[str, str]  # what a TLS client of a generation asks for
    kinds: tuple[str, ...] = ("voice", "video")

    def server(self, options: argparse.Namespace) -> Server:
        name = options.tls_name or self.server_names.get(options.generation, "")
        return Server(options.chat, self.transports[options.generation], self.name.encode(), name, options.bind or "")


def _end(text: str) -> ends.End:
    try:
        return ends.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: not ADDRESS:PORT") from None


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: not an address") from None


def _shared(app: App) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--seed", type=int, default=1, help="same seed, same random choices (default 1)")
    parser.add_argument("--generation", choices=sorted(app.transports), default=app.generation,
                        help=f"form of the protocol (default {app.generation})")
    parser.add_argument("--tls-name", default="", help="server name of the chat, where it is TLS")
    return parser


def _user(app: App) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, parents=[_shared(app)])
    add = parser.add_argument
    add("--chat", type=_end, action="append", required=True, metavar="END", help="chat server; again for more")
    add("--relay", type=_end, action="append", default=[], metavar="END", help="call relay; again for more")
    add("--bind", type=_address, default=None, metavar="ADDRESS", help="address to send from")
    add("--media-bind", type=_address, default=None, metavar="ADDRESS", help="address to send calls from (as --bind)")
    add("--muted", action="store_true", help="sends comfort noise instead of speech")
    add("--voice-bytes", type=int, nargs=2, default=None, metavar=("LEAST", "MOST"), help="RTP payload of speech")
    add("--no-camera", action="store_true", help="sends no video in video calls")
    add("--no-p2p", action="store_true", help="offer no candidates of its own")
    add("--p2p-after", type=float, default=1.5, metavar="S",
        help="seconds on a relay before WhatsApp, Viber and Telegram check peers (default 1.5)")
    add("--dead-candidate", type=_end, action="append", default=[], metavar="END",
        help="a candidate offered to the other side that leads nowhere")
    add("--ring-timeout", type=float, default=45, metavar="S")
    add("--connect-timeout", type=float, default=20, metavar="S", help="without a path or media, gives up after this")
    add("--lost-after", type=float, default=20, metavar="S", help="without media in a call, gives up after this")
    add("--camera-on", type=float, default=None, metavar="S", help="seconds of talk until the camera is switched on")
    return parser


def parser_of(app: App) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"labkit.models.{app.name}", description=f"A model of {app.name}.")
    roles = parser.add_subparsers(dest="role", required=True)
    add = roles.add_parser("client", parents=[_user(app)], help="chats and calls").add_argument
    add("--call", choices=(*app.kinds, "none"), default="none")
    add("--seconds", type=float, default=20, help="of talk (default 20)")
    add("--calls", type=int, default=1, help="one after another (default 1)")
    add("--pause", type=float, default=3, metavar="S", help="before, between and after calls (default 3)")
    add("--text-every", type=float, default=4, metavar="S", help="mean time between messages, 0 for none (default 4)")
    add("--name", default="alice")
    add("--to", default="bob", help="whom to write to and call (default bob)")
    add = roles.add_parser("callee", parents=[_user(app)], help="is called").add_argument
    add("--answer", choices=ANSWERS, default="yes")
    add("--ring-seconds", type=float, default=3, metavar="S", help="until it answers or declines (default 3)")
    add("--hangs-up-after", type=float, default=0, metavar="S", help="of talk (default: it never does)")
    add("--early-candidates", action="store_true", help="tells its candidates when it rings")
    add("--name", default="bob")
    add = roles.add_parser("relay", parents=[_shared(app)], help="relays calls").add_argument
    add("--bind", type=_end, action="append", required=True, metavar="END")
    add("--error", type=int, default=0, choices=(0, 486, 508), help="refuse allocations")
    add("--silent", action="store_true", help="take datagrams and say nothing")
    add("--dies-after", type=float, default=None, metavar="S", help="fall silent after this")
    add = roles.add_parser("chat-server", parents=[_shared(app)], help="passes messages").add_argument
    add("--bind", type=_end, action="append", required=True, metavar="END")
    return parser


def in_turn(relays: list[ends.End], number: int) -> list[ends.End]:
    """Each call begins with the next relay, as operators hand them out."""
    first = number % max(1, len(relays))
    return relays[first:] + relays[:first]


class User:
    """A client or callee: its chat, and the calls it makes or takes."""

    def __init__(self, app: App, options: argparse.Namespace, journal: Journal, random: Random):
        self._app, self._options, self._journal, self._random = app, options, journal, random
        self._chat = ChatClient(app.server(options), options.name, random, journal)
        self._chat.on_signal = self._on_signal
        self._calls: dict[str, Call] = {}
        self._tasks: set[asyncio.Task] = set()

    def _call(self, ident: str, other: str, shared: dict, caller: bool, kind: str) -> Call:
        plane = self._app.plane(self._setting(shared, caller))
        if self._options.voice_bytes:
            plane.VOICE = replace(plane.VOICE, sizes=tuple(self._options.voice_bytes))
        self._calls[ident] = Call(ident, other, plane, self._chat, self._plan(kind, caller), self._journal)
        return self._calls[ident]

    def _setting(self, shared: dict, caller: bool) -> Setting:
        options, relays = self._options, in_turn(self._options.relay, len(self._calls))
        return Setting(relays, self._random, self._journal, caller, shared, options.media_bind or options.bind or "",
                       not options.no_p2p, options.p2p_after, options.dead_candidate, options.generation)

    def _plan(self, kind: str, caller: bool) -> Plan:
        options = self._options
        return Plan("voice" if options.no_camera else kind, options.seconds if caller else options.hangs_up_after,
                    options.camera_on, options.ring_timeout, options.connect_timeout, options.lost_after, options.muted,
                    not caller and options.early_candidates)

    def _on_signal(self, message: dict) -> None:
        call = self._calls.get(message["call"])
        if call:
            call.signals.put_nowait(message)
        elif message["kind"] == "offer" and self._options.role == "callee":
            call = self._call(message["call"], message["sender"], message["shared"], False, message["media"])
            self._keep(call.callee(message, self._options.answer, self._options.ring_seconds))

    def _keep(self, work) -> asyncio.Task:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def run_callee(self) -> None:
        """Until cancelled."""
        chat = asyncio.create_task(self._chat.run())
        await self._chat.ready.wait()
        self._journal.write("ready")
        await chat

    async def run_client(self) -> None:
        options = self._options
        background = [asyncio.create_task(self._chat.run())]
        if options.text_every:
            background.append(asyncio.create_task(self._chat.texts(options.to, options.text_every)))
        for _ in range(options.calls if options.call != "none" else 0):
            await asyncio.sleep(options.pause)
            await self._call_out()
        await asyncio.sleep(options.pause if options.call != "none" else options.seconds)
        for task in background[1:]:
            task.cancel()
        await self._chat.settled(2.0)
        background[0].cancel()
        await asyncio.gather(*background, return_exceptions=True)

    async def _call_out(self) -> None:
        ident, shared = self._random.randbytes(4).hex(), {"call": self._random.randbytes(16).hex()}
        await self._call(ident, self._options.to, shared, True, self._options.call).caller()

    async def leave(self) -> None:
        """Ends calls in order when the program is ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _run(app: App, options: argparse.Namespace) -> None:
    journal = Journal(app.name, options.role)
    random = Random(f"labkit {app.name} {options.role} {options.seed}")
    if options.role == "relay":
        await app.relay(random, options, journal).serve(options.bind)
    elif options.role == "chat-server":
        name = options.tls_name or app.server_names.get(options.generation, "")
        board = Switchboard(app.transports[options.generation], app.name.encode(), name, random, journal)
        await board.serve(options.bind)
    else:
        user = User(app, options, journal, random)
        try:
            await (user.run_client() if options.role == "client" else user.run_callee())
        finally:
            await user.leave()


async def _until_signalled(app: App, options: argparse.Namespace) -> None:
    task = asyncio.create_task(_run(app, options))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main(app: App) -> None:
    parser = parser_of(app)
    options = parser.parse_args()
    if options.role == "client" and options.call != "none" and not options.relay:
        parser.error("a call needs --relay")
    asyncio.run(_until_signalled(app, options))
