import Testing

@testable import Config

@Suite struct RecordingPlanTests {
    private func plan(_ group: RecordingGroup, beyondAWS: Bool = false) -> RecordingPlan {
        RecordingPlan(group: group, mode: RecordingPlan.continuous, beyondAWS: beyondAWS)
    }

    @Test func whatIsExcludedIsNotRecorded() {
        let plan = plan(RecordingPlan.exclusion(["AWS::SQS::Queue"]))
        #expect(!plan.records("AWS::SQS::Queue"))
        #expect(plan.records("AWS::SNS::Topic"))
        #expect(plan.records("AWS::IAM::Role"))
    }

    @Test func onlyWhatIsIncludedIsRecorded() {
        let plan = plan(RecordingPlan.inclusion(["AWS::SQS::Queue"]))
        #expect(plan.records("AWS::SQS::Queue"))
        #expect(!plan.records("AWS::SNS::Topic"))
        #expect(plan.records("AWS::Config::ConfigurationRecorder"))
        #expect(plan.records("My::Custom::Type"))
    }

    @Test func whatAWSDoesNotKnowIsRecordedWhereThatIsAskedFor() {
        let group = RecordingPlan.inclusion(["AWS::SQS::Queue"])
        #expect(!plan(group).records("AWS::SSM::Parameter"))
        #expect(plan(group, beyondAWS: true).records("AWS::SSM::Parameter"))
    }
}
