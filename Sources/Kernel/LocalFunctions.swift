/// Where functions of AWS Lambda run that the server was told of: nobody else serves them.
extension ReadContext {
    /// The URL that stands for a function; one for a function stands for its versions and aliases too.
    ///
    /// - Parameter arn: `arn:aws:lambda:us-east-1:123456789012:function:check`, or with a qualifier behind.
    public func url(ofFunction arn: String) -> String? {
        if let url = kernel.functions[arn] { return url }
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 8 ? kernel.functions[parts.dropLast().joined(separator: ":")] : nil
    }
}
