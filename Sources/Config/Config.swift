import Kernel
import Model

/// AWS Config.
public enum Config {
    public static let service = Service(
        model: .config,
        operations: [
            .read("BatchGetResourceConfig", batchGetResourceConfig),
            .read("DescribeConfigurationRecorders", describeConfigurationRecorders),
            .read("GetResourceConfigHistory", getResourceConfigHistory),
        ])
}
