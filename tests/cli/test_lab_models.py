"""The lab's models: what they say of their calls, and what deadair says of a capture of them.

The capture needs root, for a network namespace of its own; says so where there is none.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from harness import SOURCE, TIMEOUT, DeadairTest, main

sys.path.insert(0, str(SOURCE / "tools"))
sys.path.insert(0, str(SOURCE / "tools/lib"))
import veth  # noqa: E402
from labkit.models import ends, media, program, sealed, stunread  # noqa: E402
from pcapgen import rtp, stun  # noqa: E402

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE / "tools"), "PYTHONDONTWRITEBYTECODE": "1"}
DOCUMENTATION = ("203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32")


@dataclass
class Setup:
    """Where the four programs of one call live, and what is special about them."""

    app: str
    chat: str
    relays: list[str]
    client: str = "192.168.77.2"
    callee: str = "203.0.113.61"
    kind: str = "voice"
    options: dict[str, list[str]] = field(default_factory=dict)  # by role; "all" for each

    def arguments(self, role: str) -> list[str]:
        relays = lambda option: [word for relay in self.relays for word in (option, relay)]  # noqa: E731
        user = ["--chat", self.chat, *relays("--relay")]
        own = {
            "chat-server": ["--bind", self.chat],
            "relay": relays("--bind"),
            "callee": [*user, "--bind", self.callee, "--ring-seconds", "0.4"],
            "client": [*user, "--bind", self.client, "--call", self.kind, "--seconds", "3", "--pause", "0.5",
                       "--p2p-after", "0.5", "--text-every", "0.7"],
        }
        return [role, *own[role], *self.options.get("all", []), *self.options.get(role, [])]


class Run:
    """The programs of one setup; `within` puts a command into a namespace, `client` replaces that role's words."""

    def __init__(self, test: DeadairTest, setup: Setup, within=lambda *command: list(command), client=None):
        self._test, self._setup, self._within, self._words = test, setup, within, client
        self._files: dict[str, Path] = {}
        for role in ("chat-server", "relay", "callee"):
            self.start(role)
            self._await_ready(role)
        self.client = self.start("client")

    def start(self, role: str) -> subprocess.Popen:
        path = self._files[role] = self._test.folder / f"{self._setup.app}-{role}-{id(self)}"
        words = self._words if role == "client" and self._words else self._setup.arguments(role)
        command = self._within(sys.executable, "-m", f"labkit.models.{self._setup.app}", *words)
        with path.open("wb") as out:
            child = subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=out)
        self._test.addCleanup(child.wait)
        self._test.addCleanup(child.terminate)
        return child

    def _await_ready(self, role: str) -> None:
        veth.wait_until(lambda: self.events("ready", role), TIMEOUT, f"{self._setup.app} {role}")

    def events(self, name: str, role: str = "client") -> list[dict]:
        lines = self._files[role].read_text().splitlines()
        return [record for record in map(json.loads, lines) if record["event"] == name]

    def finish(self) -> dict:
        """The client's record of how its call ended."""
        self._test.assertEqual(self.client.wait(TIMEOUT), 0)
        ended = self.events("call_ended") + self.events("call_failed")
        self._test.assertEqual(len(ended), 1, self._files["client"].read_text())
        return ended[0]


def loopback(number: int, **more) -> Setup:
    """WhatsApp on addresses of 127.0.0.0/8 that other runs of this test do not use."""
    base = f"127.{os.getpid() >> 8 & 0xFF}.{os.getpid() & 0xFF}."
    setup = Setup("whatsapp", f"{base}{number}:5222", [f"{base}{number + 1}:3478", f"{base}{number + 2}:3478"],
                  f"{base}{number + 3}", f"{base}{number + 4}")
    setup.options = more
    return setup


class Variants(DeadairTest):
    """How calls end that are not simply answered, all at once."""

    def test_endings(self):
        hurried = ["--no-p2p", "--connect-timeout", "2"]
        wanted = {
            "declined": {"callee": ["--answer", "decline"]},
            "busy": {"callee": ["--answer", "busy"]},
            "no_answer": {"callee": ["--answer", "never"], "client": ["--ring-timeout", "2"]},
            "no_path": {"relay": ["--silent"], "client": hurried},
            "relays_refused": {"relay": ["--error", "508"], "client": hurried},
            "lost": {"relay": ["--dies-after", "4"], "client": ["--no-p2p", "--lost-after", "6", "--seconds", "60"]},
        }
        runs = {reason: Run(self, loopback(10 * number, **options))
                for number, (reason, options) in enumerate(wanted.items(), 1)}
        for reason, run in runs.items():
            with self.subTest(reason):
                ended = run.finish()
                self.assertEqual(ended["reason"], reason)
                self.assertEqual(ended["event"], "call_ended" if reason == "lost" else "call_failed")
                self.assertTrue(run.events("message_answered"))
        self.assertEqual({record["code"] for record in runs["relays_refused"].events("relay_refused")}, {508})
        self.assertTrue(runs["lost"].events("call_reconnecting"))

    def test_what_the_other_side_does(self):
        hangs_up = Run(self, loopback(120, callee=["--hangs-up-after", "1"], client=["--seconds", "60"]))
        muted = Run(self, loopback(130, callee=["--muted"]))
        source = f"127.{os.getpid() >> 8 & 0xFF}.{os.getpid() & 0xFF}.149"
        elsewhere = Run(self, loopback(140, client=["--media-bind", source, "--no-p2p"]))
        self.assertEqual(hangs_up.finish()["reason"], "hung_up")
        ended = muted.finish()
        self.assertLess(ended["media_received"], ended["media_sent"] / 2)
        elsewhere.finish()
        self.assertIn(source, {seen["client"].partition(":")[0] for seen in elsewhere.events("client_seen", "relay")})

    def test_candidates_that_come_with_the_ringing(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as candidate:
            candidate.bind(("127.0.0.1", 0))
            candidate.settimeout(TIMEOUT)
            end = ends.show(candidate.getsockname())
            run = Run(self, loopback(150, callee=["--early-candidates", "--answer", "never", "--dead-candidate", end],
                                     client=["--ring-timeout", "4", "--p2p-after", "0.3"]))
            self.assertEqual(stunread.read(candidate.recv(2000)).kind, stun.BINDING)
            self.assertEqual(run.finish()["reason"], "no_answer")

    def test_relays_are_handed_out_in_turn(self):
        relays = [("192.0.2.1", 1), ("192.0.2.2", 1)]
        self.assertEqual([program.in_turn(relays, number)[0] for number in range(3)], [*relays, relays[0]])
        self.assertEqual(program.in_turn([], 1), [])

    def test_a_signal_ends_a_call_in_order(self):
        setup = loopback(100, client=["--seconds", "60"])
        run = Run(self, setup)
        veth.wait_until(lambda: run.events("call_connected"), TIMEOUT, "the call")
        run.client.send_signal(signal.SIGTERM)
        self.assertEqual(run.finish()["reason"], "stopped")

    def test_a_chat_without_call_or_address_to_send_from(self):
        setup = loopback(110)
        run = Run(self, setup, client=["client", "--chat", setup.chat, "--seconds", "1", "--text-every", "0.4"])
        self.assertEqual(run.client.wait(TIMEOUT), 0)
        self.assertTrue(run.events("message_answered"))

    def test_a_call_needs_relays(self):
        done = subprocess.run([sys.executable, "-m", "labkit.models.viber", "client", "--chat", "127.0.0.1:1", "--call",
                               "voice"], env=ENVIRONMENT, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--relay", done.stderr)


# Documentation ranges, but where a name is believed only at its operator's address. Nothing leaves the namespace.
SETUPS = [
    Setup("whatsapp", "203.0.113.5:5222", ["198.18.0.1:3478", "198.18.0.2:3478"]),
    Setup("whatsapp", "203.0.113.6:443", ["198.18.0.3:3478"], kind="video", options={"all": ["--generation", "2015"]}),
    Setup("messenger", "157.240.229.17:443", ["198.18.0.4:40003"], options={"client": ["--no-p2p"]}),
    Setup("messenger", "[2a03:2880:f213:c5:face:b00c:0:167]:443", ["[2001:db8:2::4]:3478"], "2001:db8:1::2",
          "2001:db8:3::61", options={"client": ["--no-p2p"]}),
    Setup("signal", "203.0.113.8:443", ["198.18.0.5:3478"], kind="video", options={"client": ["--no-p2p"]}),
    Setup("teams", "203.0.113.9:443", ["198.18.0.6:3478"], options={"client": ["--no-p2p"]}),
    Setup("viber", "203.0.113.10:4244", ["198.18.0.7:7985"]),
    Setup("telegram", "203.0.113.11:443", ["198.18.0.8:1400"], options={"client": ["--no-p2p", "--seconds", "8"]}),
    Setup("telegram", "203.0.113.12:443", ["198.18.0.9:538"], options={"all": ["--generation", "2017"],
                                                                       "client": ["--no-p2p"]}),
]


def ends_of(flow: dict) -> list[ends.End]:
    return [(flow[f"{side}_ip"], flow[f"{side}_port"]) for side in ("client", "server")]


class Captured(DeadairTest):
    """Every model at once on the loopback interface of a namespace; deadair reads what tcpdump wrote."""

    def setUp(self):
        super().setUp()
        absent = [name for name in ("tcpdump", "openssl") if shutil.which(name) is None]
        reason = veth.why_not() or (f"not installed: {', '.join(absent)}" if absent else None)
        if reason:
            self.skipTest(reason)
        try:
            self.side = veth.Side("lo")
        except veth.Unavailable as reason:
            self.skipTest(str(reason))
        self.addCleanup(self.side.close)
        self.side.run("ip", "link", "set", "lo", "up")
        for address in self.addresses():
            self.side.run("ip", "address", "add", address, "dev", "lo", *(["nodad"] if ":" in address else []))

    @staticmethod
    def addresses() -> set[str]:
        bound = {ends.parse(text)[0] for setup in SETUPS for text in (setup.chat, *setup.relays)}
        return bound | {address for setup in SETUPS for address in (setup.client, setup.callee)}

    def watch(self) -> subprocess.Popen:
        child = subprocess.Popen(self.side.within("tcpdump", "-Z", "root", "-U", "--immediate-mode", "-i", "lo", "-w",
                                                  self.folder / "lo.pcap"),
                                 stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(child.stderr.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        while "listening on" not in (line := child.stderr.readline()):
            self.assertTrue(line, "tcpdump ended")
        return child

    def flows(self) -> list[dict]:
        words = [word for network in DOCUMENTATION for word in ("--public-net", network)]
        done = self.run_deadair("read", str(self.folder / "lo.pcap"), *words, "-o", "json")
        self.assertIn(done.returncode, (0, 3), done.stderr)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        return [record for record in records if record["type"] == "flow" and "client_port" in record]

    def test_every_model_is_recognised(self):
        watcher = self.watch()
        runs = [Run(self, setup, self.side.within) for setup in SETUPS]
        endings = [run.finish() for run in runs]
        time.sleep(0.3)
        watcher.send_signal(signal.SIGINT)
        watcher.wait(TIMEOUT)
        flows = self.flows()
        for setup, run, ended in zip(SETUPS, runs, endings):
            with self.subTest(app=setup.app, chat=setup.chat):
                self.assertEqual((ended["event"], ended["reason"]), ("call_ended", "finished"))
                self.assertTrue(run.events("message_answered"))
                self.check(flows, setup, run.events("call_started")[0]["local_port"])

    def check(self, flows: list[dict], setup: Setup, port: int) -> None:
        app = {"messenger": "facebook"}.get(setup.app, setup.app)
        chats = [flow for flow in flows if (flow["server_ip"], flow["server_port"]) == ends.parse(setup.chat)]
        self.assertEqual({(flow.get("app"), flow.get("service")) for flow in chats}, {(app, "text")})
        calls = [flow for flow in flows if flow["proto"] == "udp" and (setup.client, port) in ends_of(flow)]
        self.assertEqual({(flow.get("app"), flow.get("service")) for flow in calls}, {(app, "call")})
        self.assertIn(setup.kind, {kind for flow in calls for kind in flow.get("media", [])})


class Parts(unittest.TestCase):
    """What the models make and read."""

    def test_sealed_messages_open_with_their_key_alone(self):
        random = Random(1)
        data = sealed.seal_message(random, b"whatsapp", {"op": "ping"}, 90)
        self.assertEqual(len(data), 90)
        self.assertEqual(sealed.unseal_message(b"whatsapp", data), {"op": "ping"})
        with self.assertRaises(ValueError):
            sealed.unseal_message(b"viber", data)
        self.assertNotIn(b"ping", data)

    def test_stun_without_padding(self):
        transaction = bytes(range(12))
        data = stun.message(stun.ALLOCATE, transaction, [(0x4000, b"x" * 102)], padded=False)
        self.assertEqual(len(data) % 4, 2)
        message = stunread.read(data, padded=False)
        self.assertEqual((message.kind, message.transaction, message.get(0x4000)), (3, transaction, b"x" * 102))
        self.assertIsNone(stunread.read(data[:-1]))

    def test_addresses_are_read_back(self):
        transaction = bytes(range(12))
        for end in (("198.18.0.1", 3478), ("2001:db8::1", 40003)):
            self.assertEqual(ends.of_attribute(stun.xor_address(end, transaction), transaction), end)
            self.assertEqual(ends.parse(ends.show(end)), end)
        for wrong in ("198.18.0.1", "198.18.0.1:99999", "nowhere:1"):
            self.assertRaises(ValueError, ends.parse, wrong)

    def test_loss_is_counted_and_slows_a_sender(self):
        sink, random = media.Sink(), Random(1)
        for seq in range(100):
            if seq % 5:
                sink.take(rtp.rtp(120, 65500 + seq, 0, 7, b"x"))
        self.assertAlmostEqual(sink.loss(), 0.2, delta=0.02)
        self.assertEqual(sink.loss(), 1.0)
        source = media.Video(random, media.Coding(97, 90000, (700, 1050)))
        before = sum(len(source.step()[0]) for _ in range(200))
        for _ in range(10):
            source.adapt(0.3)
        self.assertLess(sum(len(source.step()[0]) for _ in range(200)), 0.6 * before)


if __name__ == "__main__":
    main()
