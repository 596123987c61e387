"""Prove the middlebox between real network namespaces: forwarding, delay, an injected RST, policing, refusals.

usage: smoke.py MIDDLEBOX     (root, iproute2, iputils-ping, curl; else one line and exit status 77)
"""
import contextlib
import ctypes
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

CLIENT, SERVER = '192.168.77.2', '198.18.0.1'
CLONE_NEWNET = 0x40000000
SKIPPED = 77
WATCHED = 'watched.example'


def ip(*words):
    subprocess.run(['ip', *words], check=True)


def within(space, *words):
    return ['ip', 'netns', 'exec', space, *words]


def enter(space):
    """Moves this thread into a namespace; sockets made by it stay there."""
    with open(f'/run/netns/{space}', 'rb') as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), 'setns')


def socket_in(space, kind):
    """A socket that belongs to the namespace."""
    made = []

    def make():
        enter(space)
        made.append(socket.socket(socket.AF_INET, kind))
    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    return made[0]


class Lab:
    """Client, middle and server, joined by two veth pairs."""

    def __init__(self):
        self.client, self.middle, self.server = (f'dlsmoke{os.getpid()}{end}' for end in 'cms')

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def build(self):
        for space in (self.client, self.middle, self.server):
            ip('netns', 'add', space)
            subprocess.run(within(space, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'), check=True)
        for space, side in ((self.client, 'left'), (self.server, 'right')):
            ip('link', 'add', 'eth0', 'netns', space, 'type', 'veth', 'peer', 'name', side, 'netns', self.middle)
            ip('-n', self.middle, 'link', 'set', side, 'alias', 'deadair-lab', 'up')
            ip('-n', space, 'link', 'set', 'eth0', 'up')
        for space, address in ((self.client, CLIENT), (self.server, SERVER)):
            ip('-n', space, 'address', 'add', f'{address}/32', 'dev', 'eth0')
            ip('-n', space, 'route', 'add', 'default', 'dev', 'eth0')
            ip('-n', space, 'link', 'set', 'lo', 'up')

    def close(self):
        for space in (self.client, self.middle, self.server):
            subprocess.run(['ip', 'netns', 'delete', space], stderr=subprocess.DEVNULL, check=False)

    @contextlib.contextmanager
    def middlebox(self, program, config, truth):
        """Runs the middlebox; its truth is in `truth` (a list) afterwards."""
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder, name) for name in ('config.json', 'truth.ndjson')]
            files[0].write_text(json.dumps(config))
            words = [program, '--left', 'left', '--right', 'right', '--config', files[0], '--truth', files[1],
                     '--seed', '7']
            process = subprocess.Popen(within(self.middle, *map(str, words)), stdout=subprocess.PIPE, text=True)
            try:
                if process.stdout.readline() != 'ready\n':
                    raise RuntimeError('the middlebox did not begin')
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                status = process.wait(10)
                process.stdout.close()
            check('ends in order', status == 0, f'status {status}')
            truth.extend(json.loads(line) for line in files[1].read_text().splitlines())


failures = []


def check(what, good, found):
    print(f'{"ok  " if good else "FAIL"} {what}: {found}')
    if not good:
        failures.append(what)


def serve_http(space):
    """A server that answers any request; returns it."""
    class Handler(http.server.BaseHTTPRequestHandler):
        """Says hello."""

        def do_GET(self):  # the name http.server wants
            self.send_response(200)
            self.send_header('Content-Length', '6')
            self.end_headers()
            self.wfile.write(b'hello\n')

        def log_message(self, *_):
            """Quiet."""
    class Server(http.server.HTTPServer):
        """Resets are what the test is about."""

        def handle_error(self, *_):
            """Quiet."""
    server = Server((SERVER, 80), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = socket_in(space, socket.SOCK_STREAM)
    server.server_bind()
    server.server_activate()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def curl(lab, name):
    words = ['curl', '-sS', '-m', '10', '-H', f'Host: {name}', f'http://{SERVER}/']
    return subprocess.run(within(lab.client, *words), capture_output=True, text=True, check=False)


def test_delay(lab, program):
    config = {'path': {'delay_ms': 25, 'client_hops': 2, 'server_hops': 3}}
    with lab.middlebox(program, config, []):
        words = ['ping', '-n', '-q', '-c', '20', '-i', '0.05', SERVER]
        said = subprocess.run(within(lab.client, *words), capture_output=True, text=True, check=False).stdout
        one = subprocess.run(within(lab.client, 'ping', '-n', '-c', '1', SERVER), capture_output=True, text=True,
                             check=False).stdout
    numbers = re.search(r'= ([\d.]+)/([\d.]+)/([\d.]+)', said)
    check('ping passes', '20 received' in said, said.splitlines()[-2:])
    check('25 ms each way', numbers and 50 <= float(numbers[1]) < 52 and float(numbers[2]) < 60, numbers and numbers[0])
    check('five hops are taken from the TTL', 'ttl=59' in one, re.findall(r'ttl=\d+', one))


def test_reset(lab, program):
    rule = {'name': 'reset', 'match': {'host': WATCHED},
            'action': {'type': 'rst', 'flags': 'RST+ACK', 'to': 'both', 'ttl': '-7', 'drop': True}}
    truth = []
    server = serve_http(lab.server)
    with lab.middlebox(program, {'path': {'delay_ms': 5}, 'rules': [rule]}, truth):
        free, watched = curl(lab, 'free.example'), curl(lab, WATCHED)
    server.shutdown()
    server.server_close()
    check('curl passes', free.stdout == 'hello\n', free.stdout + free.stderr)
    check('curl is reset', watched.returncode == 56, f'{watched.returncode} {watched.stderr.strip()}')
    check('the truth tells of it', len(truth) == 1 and truth[0]['packets_injected'] == 2 and
          truth[0]['trigger'] == WATCHED and truth[0]['server'] == f'{SERVER}:80', truth)


def test_police(lab, program):
    """60 kbit/s of 100-byte packets, 10 s, through 24 kbit/s."""
    size, rate, seconds, burst = 100, 60_000, 10, 1500
    rule = {'name': 'cap', 'match': {'proto': 'udp', 'server_port': 5004}, 'direction': 'up',
            'action': {'type': 'police', 'rate_bps': 24_000, 'burst_bytes': burst}}
    truth, got = [], 0
    receiver, sender = socket_in(lab.server, socket.SOCK_DGRAM), socket_in(lab.client, socket.SOCK_DGRAM)
    receiver.bind((SERVER, 5004))
    receiver.setblocking(False)
    receiver.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)  # SO_RCVBUFFORCE: nothing may be lost behind the middlebox
    with lab.middlebox(program, {'rules': [rule]}, truth):
        start = time.monotonic()
        count = rate * seconds // 8 // size
        for i in range(count):
            time.sleep(max(0, start + i * seconds / count - time.monotonic()))
            sender.sendto(bytes(size - 28), (SERVER, 5004))
        time.sleep(0.3)
        with contextlib.suppress(BlockingIOError):
            while receiver.recv(2048):
                got += 1
    receiver.close()
    sender.close()
    measured = (got * size - burst) * 8 / seconds
    check('24 kbit/s within 10 %', abs(measured - 24_000) <= 2400, f'{measured:.0f} bit/s')
    check('what is missing is in the truth', truth and truth[0]['packets_affected'] == count - got,
          f'{count - got} lost, truth {truth and truth[0]["packets_affected"]}')


def refusal(words):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip()


def test_refusals(lab, program):
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, 'config.json')
        config.write_text('{}')
        words = [program, '--left', 'left', '--right', 'right', '--config', config, '--truth', '/dev/null']
        status, line = refusal(words)
        check('refuses the machine\'s own network', status == 2 and 'own network' in line and '\n' not in line, line)
        status, line = refusal(['setpriv', '--reuid', '65534', '--clear-groups', *words])
        check('refuses without root', status == 2 and 'root' in line and '\n' not in line, line)
        ip('-n', lab.middle, 'link', 'set', 'left', 'alias', 'other')
        status, line = refusal(within(lab.middle, *words))
        check('refuses a foreign interface', status == 2 and 'alias' in line and '\n' not in line, line)
        ip('-n', lab.middle, 'link', 'set', 'left', 'alias', 'deadair-lab')
        config.write_text('{"rules": [{"name": "x", "action": {"type": "drop", "rate": 1}}]}')
        status, line = refusal(within(lab.middle, *words))
        check('refuses a wrong config', status == 2 and 'rules[0].action.rate' in line, line)


def why_not():
    """What this machine lacks, or None."""
    if os.geteuid() != 0:
        return 'the middlebox needs network namespaces: run it as root'
    programs = [name for name in ('ip', 'ping', 'curl', 'setpriv') if shutil.which(name) is None]
    if programs:
        return f'not installed: {", ".join(programs)} (tools/setup --lab)'
    space = f'dlprobe{os.getpid()}'
    made = subprocess.run(['ip', 'netns', 'add', space], capture_output=True, text=True, check=False)
    subprocess.run(['ip', 'netns', 'delete', space], stderr=subprocess.DEVNULL, check=False)
    return f'no network namespaces here: {made.stderr.strip()}' if made.returncode else None


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: smoke.py MIDDLEBOX')
    absent = why_not()
    if absent:
        print(f'skipped: {absent}')
        sys.exit(SKIPPED)
    program = pathlib.Path(sys.argv[1]).resolve()
    with Lab() as lab:
        for test in (test_refusals, test_delay, test_reset, test_police):
            test(lab, program)
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
