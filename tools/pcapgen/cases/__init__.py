"""The cases; importing a module of this package registers those it defines."""

from . import (containers, dissection, facebook, linktypes, microsoft,  # noqa: F401
               negatives, network, tcp, tunnelled, whatsapp)
