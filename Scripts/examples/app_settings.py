#!/usr/bin/env python3
"""Keeps an application's settings in Parameter Store: app_settings.py [application] [stage]

What is missing is created from the defaults, the secret is replaced when it is too old, and the settings are printed as
the application gets them. Needs boto3 and the right to use Parameter Store, nothing else.
"""

import datetime
import secrets
import sys

import boto3

DEFAULTS = {
    "db/host": ("String", "db.internal"),
    "db/port": ("String", "5432"),
    "features": ("StringList", "search,export"),
}
SECRET = "db/password"
SECRET_AGE = datetime.timedelta(days=30)


class Settings:
    def __init__(self, client, application, stage):
        self.ssm = client
        self.path = f"/{application}/{stage}"

    def ensure_defaults(self):
        """Creates what is not there yet, and leaves what somebody has set."""
        for name, (kind, value) in DEFAULTS.items():
            try:
                self.ssm.put_parameter(Name=f"{self.path}/{name}", Type=kind, Value=value,
                                       Tags=[{"Key": "managed-by", "Value": "app_settings"}])
                print(f"created {name}")
            except self.ssm.exceptions.ParameterAlreadyExists:
                pass

    def rotate_secret(self):
        """Gives the secret a new version when it is old or missing; the one in use keeps the label `previous`."""
        name = f"{self.path}/{SECRET}"
        try:
            current = self.ssm.get_parameter(Name=name)["Parameter"]
        except self.ssm.exceptions.ParameterNotFound:
            current = None
        now = datetime.datetime.now(datetime.timezone.utc)
        if current and now - current["LastModifiedDate"] < SECRET_AGE:
            return current["Version"]
        if current:
            self.ssm.label_parameter_version(Name=name, ParameterVersion=current["Version"], Labels=["previous"])
        made = self.ssm.put_parameter(Name=name, Type="SecureString", Value=secrets.token_urlsafe(24),
                                      Overwrite=current is not None)
        print(f"secret is at version {made['Version']}")
        return made["Version"]

    def read(self):
        """All settings below the path, secrets decrypted, lists as lists."""
        pages = self.ssm.get_paginator("get_parameters_by_path").paginate(
            Path=self.path, Recursive=True, WithDecryption=True)
        found = {}
        for parameter in (parameter for page in pages for parameter in page["Parameters"]):
            value = parameter["Value"].split(",") if parameter["Type"] == "StringList" else parameter["Value"]
            found[parameter["Name"].removeprefix(self.path + "/")] = value
        return found


def main(application="shop", stage="dev"):
    settings = Settings(boto3.client("ssm"), application, stage)
    settings.ensure_defaults()
    settings.rotate_secret()
    for name, value in sorted(settings.read().items()):
        print(f"{name} = {'(secret)' if name == SECRET else value}")


if __name__ == "__main__":
    main(*sys.argv[1:])
