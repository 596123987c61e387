"""S10: a redirect to a block page is injected before the server's own answer."""
from __future__ import annotations

import random

from labkit import websites
from labkit.programs import curl, nginx
from labkit.programs.client_run import Result
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, WATCHED

BLOCK_PAGE = 'http://203.0.113.99/blocked.html'


def rules(chance: random.Random) -> list[Rule]:
    """Redirect and FIN; the request and the real answer pass."""
    return [{'name': 'watched', 'direction': 'up', 'match': {'proto': 'tcp', 'server_port': 80, 'host': WATCHED,
                                                             'first_only': True},
             'action': {'type': 'http', 'location': BLOCK_PAGE, 'status': 302, 'fin': True, 'delay_ms': 1,
                        'ttl': chance.choice(['mirror', '-5']), 'ip_id': chance.choice(['random', 'zero'])}}]


def get(lab: Lab, name: str) -> Result:
    return curl.fetch(lab, websites.role(name), f'http://{name}/', ADDRESS)


def require_status(lab: Lab, results: dict[str, list[Result]], watched: int) -> None:
    lab.require(all('status 200' in one.output for one in results[OTHER]), f'{OTHER} must work')
    lab.require(all(f'status {watched}' in one.output for one in results[WATCHED]),
                f'{WATCHED} must be answered with {watched}')


@scenario('S10', title='an injected HTTP 302 and FIN, the real 200 later', rules=rules, level='likely',
          signals=('BLOCKPAGE.INJECTED',), uses=('nginx', 'curl', 'openssl'))
def play(lab: Lab) -> None:
    websites.serve(lab)
    require_status(lab, websites.visit_in_turn(lab, lambda name: get(lab, name)), 302)


@scenario('S10-twin', twin_of='S10', title='the server itself answers 451', uses=('nginx', 'curl'))
def play_twin(lab: Lab) -> None:
    nginx.serve(lab, lab.server, [nginx.Site(WATCHED, ADDRESS, 80, status=451), nginx.Site(OTHER, ADDRESS, 80)])
    require_status(lab, websites.visit_in_turn(lab, lambda name: get(lab, name)), 451)
