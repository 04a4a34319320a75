import Kernel
import Model

/// AWS Systems Manager; its Parameter Store, documents and Automation are served.
public enum SSM {
    public static let service = Service(
        model: .ssm,
        operations: [
            .write("AddTagsToResource", addTagsToResource),
            .write("CreateDocument", createDocument),
            .write("DeleteDocument", deleteDocument),
            .write("DeleteParameter", deleteParameter),
            .write("DeleteParameters", deleteParameters),
            .write("DeleteResourcePolicy", deleteResourcePolicy),
            .read("DescribeAutomationExecutions", describeAutomationExecutions),
            .read("DescribeAutomationStepExecutions", describeAutomationStepExecutions),
            .read("DescribeDocument", describeDocument),
            .read("DescribeDocumentPermission", describeDocumentPermission),
            .read("DescribeParameters", describeParameters),
            .read("GetAutomationExecution", getAutomationExecution),
            .read("GetDocument", getDocument),
            .read("GetParameter", getParameter),
            .read("GetParameterHistory", getParameterHistory),
            .read("GetParameters", getParameters),
            .read("GetParametersByPath", getParametersByPath),
            .read("GetResourcePolicies", getResourcePolicies),
            .read("GetServiceSetting", getServiceSetting),
            .write("LabelParameterVersion", labelParameterVersion),
            .read("ListDocumentVersions", listDocumentVersions),
            .read("ListDocuments", listDocuments),
            .read("ListTagsForResource", listTagsForResource),
            .write("ModifyDocumentPermission", modifyDocumentPermission),
            .write("PutParameter", putParameter),
            .write("PutResourcePolicy", putResourcePolicy),
            .write("RemoveTagsFromResource", removeTagsFromResource),
            .write("ResetServiceSetting", resetServiceSetting),
            .write("SendAutomationSignal", sendAutomationSignal),
            .write("StartAutomationExecution", startAutomationExecution),
            .write("StopAutomationExecution", stopAutomationExecution),
            .write("UnlabelParameterVersion", unlabelParameterVersion),
            .write("UpdateDocument", updateDocument),
            .write("UpdateDocumentDefaultVersion", updateDocumentDefaultVersion),
            .write("UpdateServiceSetting", updateServiceSetting),
        ],
        jobRunners: [
            AutomationRun.jobKind: AutomationRun.run,
            ImageValidation.jobKind: ImageValidation.run,
            ParameterPolicy.jobKind: ParameterPolicy.run,
        ],
        webCallRunners: [WebhookAction.callKind: WebhookAction.finish],
        programRunners: [ScriptAction.callKind: ScriptAction.finish],
        configurationSource: ParameterConfiguration.source)
}
