"""nginx as web server: sites over HTTP and HTTPS, each on its address."""
from __future__ import annotations

import pathlib
from dataclasses import dataclass

from labkit.processes import Process
from labkit.programs.certificates import Certificate
from labkit.run import Lab
from labkit.topology import Host

PROTOCOLS = {'1.2': 'TLSv1.2', '1.3': 'TLSv1.3', 'any': 'TLSv1.2 TLSv1.3'}


@dataclass(frozen=True)
class Site:
    """A host name at an address. With a certificate it speaks TLS at `port`, else plain HTTP."""

    name: str
    address: str
    port: int
    certificate: Certificate | None = None
    tls: str = 'any'
    status: int = 200
    body_bytes: int = 2000
    extra: str = ''  # more directives inside its server block


def listen_words(site: Site) -> str:
    where = f'[{site.address}]' if ':' in site.address else site.address
    return f'{where}:{site.port}{" ssl" if site.certificate else ""}'


def tls_lines(site: Site) -> str:
    if site.certificate is None:
        return ''
    return (f'ssl_certificate {site.certificate.certificate}; ssl_certificate_key {site.certificate.key}; '
            f'ssl_protocols {PROTOCOLS[site.tls]};')


def answer_line(site: Site) -> str:
    """A page from disk, or only a status."""
    return '' if site.status == 200 else f'location / {{ return {site.status} "unavailable for legal reasons\\n"; }}'


def site_block(site: Site, folder: pathlib.Path) -> str:
    root = folder / f'{site.name}-{site.port}'
    root.mkdir(exist_ok=True)
    page = f'<html><title>{site.name}</title><p>'
    (root / 'index.html').write_text(page + 'x' * max(0, site.body_bytes - len(page)))
    return (f'server {{ listen {listen_words(site)}; server_name {site.name}; root {root}; {tls_lines(site)} '
            f'{answer_line(site)} {site.extra} }}\n')


def configuration(sites: list[Site], folder: pathlib.Path) -> str:
    """One process, no daemon, nothing outside its folder. Bodies and temporary files stay there too."""
    places = ' '.join(f'{kind}_temp_path {folder}/{kind};'
                      for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
    blocks = ''.join(site_block(site, folder) for site in sites)
    return (f'daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log info;\n'
            f'events {{ worker_connections 512; }}\n'
            f'http {{ {places} access_log {folder}/access.log; keepalive_timeout 65; server_tokens off;\n'
            f'default_type text/html;\n{blocks}}}\n')


def serve(lab: Lab, host: Host, sites: list[Site], name: str = 'nginx') -> Process:
    """Start it; the host owns the sites' addresses from then on."""
    folder = lab.folder(name)
    for address in {site.address for site in sites}:
        host.own(address)
    path = folder / 'nginx.conf'
    path.write_text(configuration(sites, folder))
    process = lab.start(name, host, ['nginx', '-p', folder, '-e', folder / 'error.log', '-c', path])
    for port in {site.port for site in sites}:
        process.ready_when_listening('tcp', port)
    return process
