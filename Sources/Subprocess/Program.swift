/// A program that is run in a folder of its own, with limits.
public struct Program: Sendable {
    /// The first is looked for on the `PATH` of the environment. No shell sees them.
    public let arguments: [String]
    /// All that it gets of an environment.
    public let environment: [(name: String, value: String)]
    /// What is in its folder when it begins, by name.
    public let files: [(name: String, text: String)]
    /// The names of the files that it reads as its standard input and writes as its standard output; nil for nothing, and for
    /// the log that holds its errors too.
    public let input: String?
    public let output: String?
    /// The file in which its result is looked for when it has ended well.
    public let result: String
    /// Of real time.
    public let seconds: Int

    public init(
        arguments: [String], environment: [(name: String, value: String)], files: [(name: String, text: String)],
        input: String? = nil, output: String? = nil, result: String, seconds: Int
    ) {
        self.arguments = arguments
        self.environment = environment
        self.files = files
        self.input = input
        self.output = output
        self.result = result
        self.seconds = seconds
    }

    /// Bytes of the result that are read; who gets one more knows that it is too large.
    public static let resultLimit = 100 << 10
    /// Bytes that are kept of what it printed, the last ones.
    public static let logLimit = 16 << 10

    static let log = "log"
    /// Kibibytes of data that each of its processes may have, and that it may write into a file.
    static let memoryLimit = 1 << 20
    static let fileLimit = 64 << 10
}

/// How a program ended.
public struct ProgramEnding: Sendable {
    public enum Kind: String, Sendable {
        /// By itself or by a signal that was not sent from here.
        case ended
        case timedOut
        /// Because nobody wants its result any more.
        case stopped
        case notStarted
    }

    public var kind: Kind
    /// The exit code; 128 and the number of the signal that ended it.
    public var status: Int32 = 0
    /// What it printed; why it could not be started.
    public var log = ""
    /// Nil where it left no file of that name.
    public var result: String?

    /// The exit code in what `waitpid` tells; 128 and the number of the signal where one ended the process.
    public static func exitCode(in waitStatus: Int32) -> Int32 {
        let signal = waitStatus & 0x7F
        return signal == 0 ? waitStatus >> 8 & 0xFF : 128 + signal
    }
}
