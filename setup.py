"""The package: code, and beside it the schemas and rule sets that ship inside it."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
SOURCE = (HERE / "complaintctl" / "__init__.py").read_text(encoding="utf-8")
VERSION = re.search(r'__version__ = "(.+)"', SOURCE)
OF_A_REGISTER = {"register", "staff", "calendar"}
RULES = sorted(path.name for path in (HERE / "policies").glob("*.yaml") if path.stem not in OF_A_REGISTER)
TESTS = [
    "pytest>=8.3",
    "pytest-xdist>=3.6",
    "pytest-randomly>=3.16",
    "hypothesis>=6.120",
    "PyYAML>=6.0.2",
    "check-jsonschema>=0.33",
    "build>=1.2",
    "chinesecalendar>=1.11",
    "html5lib>=1.1",
    "Babel>=2.16",
    "openpyxl>=3.1",
    "duckdb>=1.1",
    "markdown-it-py>=3",
]

setup(
    name="complaintctl",
    version=VERSION[1] if VERSION else "0",
    description="A complaint register as plain files under git: one case a file, one step a commit",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    packages=[
        *find_packages(include=["complaintctl", "complaintctl.*"]),
        "complaintctl.schemas",
        "complaintctl.policies",
    ],
    package_dir={"complaintctl.schemas": "schemas", "complaintctl.policies": "policies"},
    package_data={
        "complaintctl": ["locale/*/LC_MESSAGES/*.mo", "py.typed", "templates/*"],
        "complaintctl.schemas": ["*.json"],
        "complaintctl.policies": [*RULES, "demo/*.txt", "demo/*.words"],
    },
    install_requires=[
        "click>=8.2",
        "ruamel.yaml>=0.18.6",
        "jsonschema>=4.23",
        "GitPython>=3.2.1",
        "tabulate>=0.9",
        "wcwidth>=0.2.13",
        "XlsxWriter>=3.2",
        "Jinja2>=3.1.6",
        "jsonschema-rs>=0.26",
        "py-yaml12>=0.1",
        "rfc3339-validator>=0.1.4",
        "holidays>=0.60",
        "tzdata>=2024.1; sys_platform == 'win32'",
    ],
    extras_require={
        "test": TESTS,
        "dev": [
            "ruff>=0.9",
            "mypy>=1.14",
            "import-linter>=2.1",
            "types-tabulate",
            "types-jsonschema",
        ],
    },
    entry_points={"console_scripts": ["complaintctl = complaintctl.cli:run"]},
    classifiers=[
        "Environment :: Console",
        "Programming Language :: Python :: 3",
        "Topic :: Office/Business",
    ],
)
