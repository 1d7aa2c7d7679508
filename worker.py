"""Joins workflows and activities to Temporal."""
