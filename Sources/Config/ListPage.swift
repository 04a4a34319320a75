import Kernel
import Model

/// Pages of lists, as all of Config's operations have them.
enum ListPage {
    /// 0 is as good as none. Source: the pages of the operations.
    static func limit(_ asked: Int?, default standard: Int) -> Int {
        guard let asked, asked > 0 else { return standard }
        return asked
    }

    /// Behind what a page begins; nil for the first one.
    static func position(_ token: String?, _ purpose: String, in context: ReadContext) throws -> String? {
        guard let token else { return nil }
        guard let position = context.position(in: token, purpose: purpose) else { throw AWSError.invalidNextToken }
        return position
    }
}
