"""Says in plain text what was measured."""
from measure import median, ratios, spread, values

COLUMNS = '{:<8}{:>10} {:<17}{:>6}{:>6}{:>5} {:<20}{:>6} {:<17}{:>2}'


def header(peer):
    return [COLUMNS.format('', '', 'deadair', '', '', '', peer[:20], '', 'ratio of', '').rstrip(),
            COLUMNS.format('capture', 'packets', 'CPU s [min-max]', 'wall', 'Mp/s', 'MiB', 'CPU s [min-max]', 'MiB',
                           'CPU times', 'n')]


def row(entry):
    results, packets = entry['results'], entry['packets']
    cpu, peer, pairs = values(results, 'deadair'), values(results, 'peer'), ratios(results, 'peer', 'deadair')
    return COLUMNS.format(
        entry['name'], f'{packets:,}', spread(cpu), f"{median(values(results, 'deadair', 'wall')):.2f}",
        f'{packets / median(cpu) / 1e6:.2f}' if packets else '-', f"{median(values(results, 'deadair', 'peak')):.0f}",
        spread(peer), f"{median(values(results, 'peer', 'peak')):.0f}" if peer else '-',
        spread(pairs, 1 if pairs and max(pairs) >= 10 else 2), len(pairs) or len(cpu))


def floors(entries):
    for entry in entries:
        if loop := values(entry['results'], 'floor'):
            pairs = ratios(entry['results'], 'deadair', 'floor')
            yield f"{entry['name']}: a bare libpcap loop takes {spread(loop)} s"
            yield f'  deadair takes {spread(pairs)} times that, n={len(pairs)}'


def per_flow(entry, start_s, name):
    """Microseconds of CPU for each flow, without what starting costs."""
    cpu = values(entry['results'], name)
    return (median(cpu) - start_s) / entry['flows'] * 1e6 if cpu else None


def flow_costs(entries):
    by_name = {entry['name']: entry for entry in entries}
    many = [by_name[name] for name in ('many40k', 'many400k', 'many4M') if name in by_name]
    for name in ('deadair', 'peer'):
        start = values(by_name.get('empty', {}).get('results', {}), name)
        start_s = median(start) if start else 0.0
        costs = [(entry['name'], per_flow(entry, start_s, name)) for entry in many]
        costs = [(where, cost) for where, cost in costs if cost is not None]
        if len(costs) < 2:
            continue
        told = ', '.join(f'{cost:.3f} us ({where})' for where, cost in costs)
        yield f'CPU for each flow, {name}, less {start_s * 1e3:.0f} ms of start:'
        yield f'  {told}; growth {costs[-1][1] / costs[0][1]:.2f}'


def random_access(entries):
    costs = [(entry['name'], median(values(entry['results'], 'deadair')) / entry['packets'] * 1e9)
             for entry in entries if entry['name'].startswith('conc')]
    if len(costs) > 1:
        told = ', '.join(f'{cost:.0f} ns ({where})' for where, cost in costs)
        yield 'CPU for each packet of random flows:'
        yield f'  {told}; growth {costs[-1][1] / costs[0][1]:.2f}'


def records(entries):
    for entry in entries:
        with_json = values(entry['results'], 'json')
        if not with_json:
            continue
        extra = [a - b for a, b in zip(with_json, values(entry['results'], 'deadair'))]
        whole = [entry['flows'] / cpu for cpu in with_json]
        alone = f"{entry['flows'] / median(extra) / 1e3:,.0f} k/s" if median(extra) > 0 else 'too little to tell'
        peak = median(values(entry['results'], 'json', 'peak'))
        yield (f"{entry['name']}, -o json: {spread(with_json)} s, {peak:.0f} MiB; "
               f'{median(whole) / 1e3:,.0f} k flow records/s in the whole run')
        yield f'  the records alone (less the run with text): {spread(extra)} s, {alone}, n={len(extra)}'


def lines(entries, peer):
    yield from header(peer)
    yield from (row(entry) for entry in entries)
    told = [*floors(entries), *flow_costs(entries), *random_access(entries), *records(entries)]
    if told:
        yield ''
        yield from told
