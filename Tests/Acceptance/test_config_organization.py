"""What an organization has its accounts keep, with boto3: rules and conformance packs in all accounts of the server."""

import pytest
from botocore.exceptions import ClientError

from config_client import start_recorder
from conftest import code_and_message
from test_config_packs import TEMPLATE

MANAGEMENT, MEMBER, LONELY = "111111111111", "222222222222", "333333333333"
MANAGED = {"RuleIdentifier": "SNS_ENCRYPTED_KMS", "Description": "Encrypted"}
POLICY = {"PolicyRuntime": "guard-2.x.x", "PolicyText": "rule encrypted { configuration.KmsMasterKeyId exists }",
          "OrganizationConfigRuleTriggerTypes": ["ConfigurationItemChangeNotification"]}


@pytest.fixture
def accounts(start):
    """Clients of two accounts with recorders and of one without, on a server that has no others."""
    server = start()
    clients = [server.client("config", account) for account in (MANAGEMENT, MEMBER, LONELY)]
    for client, account in zip(clients[:2], (MANAGEMENT, MEMBER)):
        start_recorder(client, account)
    return clients


def rule_settled(config, name="encrypted"):
    while True:
        status, = config.describe_organization_config_rule_statuses(
            OrganizationConfigRuleNames=[name])["OrganizationConfigRuleStatuses"]
        if not status["OrganizationRuleStatus"].endswith("_IN_PROGRESS"):
            return status["OrganizationRuleStatus"]


def pack_settled(config, name="pack"):
    while True:
        status, = config.describe_organization_conformance_pack_statuses(
            OrganizationConformancePackNames=[name])["OrganizationConformancePackStatuses"]
        if not status["Status"].endswith("_IN_PROGRESS"):
            return status


def names(config):
    return [rule["ConfigRuleName"] for rule in config.describe_config_rules()["ConfigRules"]]


def refusal(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)


def test_every_account_keeps_a_rule(accounts):
    management, member, lonely = accounts
    arn = management.put_organization_config_rule(
        OrganizationConfigRuleName="encrypted", OrganizationManagedRuleMetadata=MANAGED)["OrganizationConfigRuleArn"]
    prefix = f"arn:aws:config:us-east-1:{MANAGEMENT}:organization-config-rule/encrypted-"
    assert arn.startswith(prefix)
    assert rule_settled(management) == "CREATE_SUCCESSFUL"
    name = f"OrgConfigRule-encrypted-{arn.removeprefix(prefix)}"
    for config in (management, member):
        rule, = config.describe_config_rules()["ConfigRules"]
        assert (rule["ConfigRuleName"], rule["Description"], rule["CreatedBy"]) == (
            name, "Encrypted", "config-multiaccountsetup.amazonaws.com")
        assert refusal(config.delete_config_rule, ConfigRuleName=name)[0] == "AccessDeniedException"
    assert names(lonely) == []
    described, = management.describe_organization_config_rules()["OrganizationConfigRules"]
    assert described["OrganizationManagedRuleMetadata"] == MANAGED and described["OrganizationConfigRuleArn"] == arn
    details = management.get_organization_config_rule_detailed_status(OrganizationConfigRuleName="encrypted")
    assert [(detail["AccountId"], detail["ConfigRuleName"], detail["MemberAccountRuleStatus"])
            for detail in details["OrganizationConfigRuleDetailedStatus"]] == [
        (MANAGEMENT, name, "CREATE_SUCCESSFUL"), (MEMBER, name, "CREATE_SUCCESSFUL")]


def test_an_update_leaves_excluded_accounts_out_and_a_deletion_all(accounts):
    management, member, _ = accounts
    for excluded in ([], [MEMBER]):
        management.put_organization_config_rule(
            OrganizationConfigRuleName="encrypted", OrganizationManagedRuleMetadata=MANAGED, ExcludedAccounts=excluded)
        rule_settled(management)
    assert rule_settled(management) == "UPDATE_SUCCESSFUL"
    while names(member):
        pass
    assert len(names(management)) == 1
    management.delete_organization_config_rule(OrganizationConfigRuleName="encrypted")
    while management.describe_organization_config_rules()["OrganizationConfigRules"] or names(management):
        pass
    assert refusal(management.describe_organization_config_rules, OrganizationConfigRuleNames=["encrypted"])[0] == (
        "NoSuchOrganizationConfigRuleException")


def test_an_account_without_a_recorder_fails(accounts):
    lonely = accounts[2]
    lonely.put_organization_config_rule(
        OrganizationConfigRuleName="encrypted", OrganizationManagedRuleMetadata=MANAGED)
    assert rule_settled(lonely) == "CREATE_FAILED"
    failed, = lonely.get_organization_config_rule_detailed_status(
        OrganizationConfigRuleName="encrypted", Filters={"MemberAccountRuleStatus": "CREATE_FAILED"}
    )["OrganizationConfigRuleDetailedStatus"]
    assert (failed["AccountId"], failed["ErrorCode"]) == (LONELY, "NoAvailableConfigurationRecorderException")


def test_an_account_joins_with_its_recorder(accounts):
    management, member, lonely = accounts
    management.put_organization_config_rule(
        OrganizationConfigRuleName="encrypted", OrganizationManagedRuleMetadata=MANAGED)
    management.put_organization_conformance_pack(OrganizationConformancePackName="pack", TemplateBody=TEMPLATE)
    rule_settled(management), pack_settled(management)
    start_recorder(lonely, LONELY)
    assert rule_settled(management) == "UPDATE_SUCCESSFUL"
    assert pack_settled(management)["Status"] == "UPDATE_SUCCESSFUL"
    kept = [[name.split("-conformance-pack-")[0] for name in names(config)] for config in (lonely, member)]
    assert kept[0] == kept[1] and len(kept[0]) == 3


def test_a_policy_is_kept_apart(accounts):
    management = accounts[0]
    management.put_organization_config_rule(
        OrganizationConfigRuleName="encrypted", OrganizationCustomPolicyRuleMetadata=POLICY)
    assert rule_settled(management) == "CREATE_SUCCESSFUL"
    described, = management.describe_organization_config_rules()["OrganizationConfigRules"]
    assert "PolicyText" not in described["OrganizationCustomPolicyRuleMetadata"]
    assert management.get_organization_custom_rule_policy(
        OrganizationConfigRuleName="encrypted")["PolicyText"] == POLICY["PolicyText"]


def test_what_is_wrong_with_a_rule_is_said_at_once(accounts):
    management = accounts[0]
    assert refusal(management.put_organization_config_rule, OrganizationConfigRuleName="encrypted") == (
        "InvalidParameterValueException",
        "Specify either OrganizationCustomRuleMetadata or OrganizationManagedRuleMetadata in the input.")
    assert refusal(management.put_organization_config_rule, OrganizationConfigRuleName="encrypted",
                   OrganizationManagedRuleMetadata={"RuleIdentifier": "NO_SUCH_RULE"})[0] == (
        "InvalidParameterValueException")


def test_every_account_keeps_a_pack(accounts):
    management, member, _ = accounts
    arn = management.put_organization_conformance_pack(
        OrganizationConformancePackName="pack", TemplateBody=TEMPLATE,
        ConformancePackInputParameters=[{"ParameterName": "MaximumAge", "ParameterValue": "30"}]
    )["OrganizationConformancePackArn"]
    prefix = f"arn:aws:config:us-east-1:{MANAGEMENT}:organization-conformance-pack/pack-"
    assert arn.startswith(prefix)
    assert pack_settled(management)["Status"] == "CREATE_SUCCESSFUL"
    name = f"OrgConformsPack-pack-{arn.removeprefix(prefix)}"
    for config in (management, member):
        pack, = config.describe_conformance_packs()["ConformancePackDetails"]
        assert (pack["ConformancePackName"], pack["CreatedBy"]) == (name, "config-multiaccountsetup.amazonaws.com")
        assert len(names(config)) == 2
        assert refusal(config.delete_conformance_pack, ConformancePackName=name)[0] == "AccessDeniedException"
    details = management.get_organization_conformance_pack_detailed_status(OrganizationConformancePackName="pack")
    assert [(detail["AccountId"], detail["Status"])
            for detail in details["OrganizationConformancePackDetailedStatuses"]] == [
        (MANAGEMENT, "CREATE_SUCCESSFUL"), (MEMBER, "CREATE_SUCCESSFUL")]
    management.delete_organization_conformance_pack(OrganizationConformancePackName="pack")
    while management.describe_organization_conformance_packs()["OrganizationConformancePacks"]:
        pass
    assert names(management) == names(member) == []
    assert refusal(management.delete_organization_conformance_pack, OrganizationConformancePackName="pack") == (
        "NoSuchOrganizationConformancePackException",
        "Could not find an OrganizationConformancePack for given request with resourceName pack")
    assert refusal(management.describe_organization_conformance_packs, OrganizationConformancePackNames=["pack"])[1] == (
        "One or more organization conformance packs with specified names are not present. Ensure your names are "
        "correct and try your request again later.")


def test_a_pack_that_fails_says_why(accounts):
    management = accounts[0]
    management.put_organization_conformance_pack(
        OrganizationConformancePackName="pack", TemplateBody=TEMPLATE.replace("maxAccessKeyAge", "maxAge"))
    status = pack_settled(management)
    assert status["Status"] == "CREATE_FAILED"
    assert "Unknown parameters provided in the inputParameters" in status["ErrorMessage"]
    assert refusal(management.put_organization_conformance_pack, OrganizationConformancePackName="other",
                   TemplateBody="Resources: {}")[0] == "OrganizationConformancePackTemplateValidationException"
