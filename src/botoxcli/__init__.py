"""A treatment-protocol tracker for the practitioner who treats chronic migraine with botulinum toxin."""

__version__ = "0.1.0"
