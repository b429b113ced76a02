"""Mends Debian 12's azure-cli 2.45, whose `az role` commands all end in an AttributeError before they ask for anything.

It was packaged with an azure-mgmt-authorization newer than its own, in which `config` of these two classes became
`_config`. With an azure-cli that is whole this changes nothing. Python imports it from PYTHONPATH when it starts.
"""
import sys

if "role" in sys.argv:
    from azure.mgmt.authorization.v2018_01_01_preview.operations import RoleDefinitionsOperations
    from azure.mgmt.authorization.v2020_04_01_preview.operations import RoleAssignmentsOperations

    for operations in (RoleDefinitionsOperations, RoleAssignmentsOperations):
        if not hasattr(operations, "config"):
            operations.config = property(lambda self: self._config)
