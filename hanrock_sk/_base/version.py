"""The version of the package: written here alone, also for the build."""

__version__ = "0.2.0"
