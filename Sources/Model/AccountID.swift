/// The number of an AWS account.
public enum AccountID {
    /// 12 digits, zeros in front included.
    public static func isValid(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) }
    }
}
