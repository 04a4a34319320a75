import Kernel
import Model

/// AWS Systems Manager; its Parameter Store is served.
public enum SSM {
    public static let service = Service(
        model: .ssm,
        operations: [
            .write("AddTagsToResource", addTagsToResource),
            .write("DeleteParameter", deleteParameter),
            .write("DeleteParameters", deleteParameters),
            .write("DeleteResourcePolicy", deleteResourcePolicy),
            .read("DescribeParameters", describeParameters),
            .read("GetParameter", getParameter),
            .read("GetParameterHistory", getParameterHistory),
            .read("GetParameters", getParameters),
            .read("GetParametersByPath", getParametersByPath),
            .read("GetResourcePolicies", getResourcePolicies),
            .read("GetServiceSetting", getServiceSetting),
            .write("LabelParameterVersion", labelParameterVersion),
            .read("ListTagsForResource", listTagsForResource),
            .write("PutParameter", putParameter),
            .write("PutResourcePolicy", putResourcePolicy),
            .write("RemoveTagsFromResource", removeTagsFromResource),
            .write("ResetServiceSetting", resetServiceSetting),
            .write("UnlabelParameterVersion", unlabelParameterVersion),
            .write("UpdateServiceSetting", updateServiceSetting),
        ],
        jobRunners: [
            ImageValidation.jobKind: ImageValidation.run,
            ParameterPolicy.jobKind: ParameterPolicy.run,
        ])
}
