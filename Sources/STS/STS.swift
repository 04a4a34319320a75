import Kernel
import Model

/// AWS Security Token Service.
public enum STS {
    public static let service = Service(
        model: .sts,
        operations: [
            .write("AssumeRole", assumeRole),
            .write("AssumeRoleWithSAML", assumeRoleWithSAML),
            .write("AssumeRoleWithWebIdentity", assumeRoleWithWebIdentity),
            .read("DecodeAuthorizationMessage", decodeAuthorizationMessage),
            .read("GetAccessKeyInfo", getAccessKeyInfo),
            .read("GetCallerIdentity", getCallerIdentity),
            .write("GetFederationToken", getFederationToken),
            .write("GetSessionToken", getSessionToken),
        ])
}
