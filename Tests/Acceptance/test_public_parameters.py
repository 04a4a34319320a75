"""The parameters that AWS publishes."""

import json
import re

import pytest
from botocore.exceptions import ClientError

LINUX = "/aws/service/ami-amazon-linux-latest"


def value(ssm, name):
    return ssm.get_parameter(Name=name)["Parameter"]["Value"]


def names(ssm, path, **more):
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, **more)
    return [p["Name"] for page in pages for p in page["Parameters"]]


def test_an_image_of_amazon_linux_is_the_one_that_aws_published(server, ssm):
    parameter = ssm.get_parameter(Name=f"{LINUX}/al2023-ami-kernel-6.1-arm64")["Parameter"]
    assert parameter["ARN"] == f"arn:aws:ssm:us-east-1::parameter{LINUX}/al2023-ami-kernel-6.1-arm64"
    assert (parameter["Type"], parameter["DataType"]) == ("String", "aws:ec2:image")
    assert value(server.client("ssm", region="af-south-1"), f"{LINUX}/al2023-ami-kernel-6.1-arm64") == "ami-0e8a48e2c4736badf"


@pytest.mark.parametrize("name", [
    f"{LINUX}/amzn2-ami-hvm-x86_64-gp2", "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
    "/aws/service/eks/optimized-ami/1.31/amazon-linux-2023/x86_64/standard/recommended/image_id",
    "/aws/service/bottlerocket/aws-k8s-1.31/x86_64/latest/image_id",
    "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
    "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
    "/aws/service/debian/release/12/latest/amd64", "/aws/service/suse/sles/15-sp6/x86_64/latest",
    "/aws/service/freebsd/amd64/base/ufs/14.3/RELEASE", "/aws/service/ec2-macos/sonoma/arm64_mac/latest/image_id",
])
def test_every_family_has_an_image_for_every_region_that_can_be_put(server, ssm, name):
    here, there = value(ssm, name), value(server.client("ssm", region="eu-west-3"), name)
    assert here != there and re.fullmatch("ami-[0-9a-f]{17}", here) and re.fullmatch("ami-[0-9a-f]{17}", there)
    ssm.put_parameter(Name="/image", Value=here, Type="String", DataType="aws:ec2:image", Overwrite=True)


def test_a_recommended_image_is_a_json_text_and_its_members(ssm):
    for path in ("/aws/service/ecs/optimized-ami/amazon-linux-2/recommended",
                 "/aws/service/eks/optimized-ami/1.31/amazon-linux-2/recommended"):
        text = json.loads(value(ssm, path))
        assert text["image_id"] == value(ssm, path + "/image_id") and text["image_name"] == value(ssm, path + "/image_name")


def test_the_infrastructure_is_all_there(ssm):
    base = "/aws/service/global-infrastructure"
    regions = names(ssm, f"{base}/regions")
    assert f"{base}/regions/eu-central-1" in regions and len(regions) > 30
    assert value(ssm, f"{base}/regions/us-east-1/longName") == "US East (N. Virginia)"
    assert f"{base}/regions/us-east-1/availability-zones/use1-az1" in names(ssm, f"{base}/regions/us-east-1/availability-zones")
    assert value(ssm, f"{base}/services/ssm/regions/eu-west-1/endpoint") == "ssm.eu-west-1.amazonaws.com"
    assert value(ssm, f"{base}/regions/cn-north-1/services/ssm/endpoint") == "ssm.cn-north-1.amazonaws.com.cn"
    assert f"{base}/services/ssm/regions/us-east-1" in names(ssm, f"{base}/services/ssm/regions")
    assert value(ssm, "/aws/service/list/ecs") == "/aws/service/ecs/"


def test_what_is_listed_page_by_page_is_all_readable_once(ssm):
    listed = names(ssm, "/aws/service/ecs", Recursive=True) + names(ssm, LINUX, Recursive=True)
    assert len(listed) == len(set(listed)) > 200
    for name in listed[::25]:
        assert value(ssm, name)


def test_nobody_can_write_there_or_read_what_is_not(ssm):
    with pytest.raises(ClientError) as raised:
        ssm.put_parameter(Name=f"{LINUX}/mine", Value="v", Type="String")
    assert raised.value.response["Error"]["Code"] == "AccessDeniedException"
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        value(ssm, f"{LINUX}/none")
    assert names(ssm, "/aws/service/none") == []
