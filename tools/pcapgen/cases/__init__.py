"""The cases; importing a module of this package registers those it defines, so all are imported."""

import importlib
import pkgutil

from ..calls import known
from ..registry import CASES

for _module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")
known.extend(CASES)
