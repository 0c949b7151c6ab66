"""How a workflow should go, as config/workflows.yml says it."""

from collections.abc import Sequence

from flowmeter.checked_file import nearest, read_yaml
from flowmeter.config import Workflow, load_config
from flowmeter.errors import ConfigError
from flowmeter.settings import Home


def intention(home: Home, workflow: str) -> Workflow:
    """The workflow's entry in config/workflows.yml. Raises ConfigError if nothing is said there how it should go."""
    entry = next((entry for entry in load_config(home).workflows if entry.key == workflow), None)
    if entry is None or not (entry.intended or entry.intended_flow):
        raise ConfigError(
            f"it does not say how '{workflow}' should go",
            "config/workflows.yml",
            next_step="Give that workflow 'intended' (paths of step names) or 'intended_flow' (a .flow file)",
        )
    return entry


def check_paths(home: Home, workflow: str, paths: Sequence[Sequence[str]], known: Sequence[str]) -> None:
    """Raises ConfigError with file and line if a step of the intended paths is none of the `known` ones."""
    unknown = next(
        ((i, j, name) for i, path in enumerate(paths) for j, name in enumerate(path) if name not in known), None
    )
    if unknown is None:
        return
    source = read_yaml(home.config_dir / "workflows.yml", "config/workflows.yml")
    number = next(i for i, item in enumerate(source.values["workflows"]) if str(item["key"]) == workflow)
    path, position, name = unknown
    raise source.error(
        ("workflows", number, "intended", path, position),
        f"no ticket of '{workflow}' was ever in a step '{name}'",
        next_step=nearest(name, list(known)),
    )
