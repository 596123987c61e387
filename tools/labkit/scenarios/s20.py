"""S20: innocent clients that end connections abruptly themselves."""
from __future__ import annotations

from labkit import websites
from labkit.programs import impatient
from labkit.registry import scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, WATCHED

TIMES = 3


@scenario('S20', title='closed tabs, losers of happy eyeballs, a scanner: clients reset by themselves',
          uses=('nginx', 'curl', 'openssl'))
def play(lab: Lab) -> None:
    second = '198.18.0.11'
    sites = websites.serve(lab, watched_at=second)
    doings = ['abort', 'race', 'visit'] * TIMES + ['scan']
    lab.random.shuffle(doings)
    for doing in doings:
        name = lab.random.choice([WATCHED, OTHER])
        if doing == 'visit':
            step = sites.visit(lab, 'visit', name).step
        elif doing == 'race':
            step = impatient.leave(lab, doing, doing, name, ADDRESS, second).step
        else:
            step = impatient.leave(lab, doing, doing, name, ADDRESS).step
        lab.require(step.ok, f'{doing} must end by itself')
