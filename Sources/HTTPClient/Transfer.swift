import CCurl
import Glibc

/// One request in the hands of libcurl. The client's thread alone touches it.
final class Transfer {
    let request: OutgoingRequest
    let completion: HTTPClient.Completion
    private let library: CurlLibrary
    private var headers: CurlLibrary.Handle?
    private var body: [UInt8] = []
    private var received = 0
    private let began = Transfer.milliseconds()

    private static let connectMilliseconds = 5000
    /// So much is read, beyond what is kept, before the connection is cut.
    private static let readBytes = 1 << 20
    /// CURLPROTO_HTTP and CURLPROTO_HTTPS.
    private static let protocols = 3
    /// CURLAUTH_BASIC and CURLAUTH_DIGEST: with both, libcurl waits to be asked.
    private static let authentication = 3
    /// CURL_HTTP_VERSION_1_1.
    private static let version11 = 2

    init(_ request: OutgoingRequest, _ completion: @escaping HTTPClient.Completion, _ library: CurlLibrary) {
        self.request = request
        self.completion = completion
        self.library = library
    }

    deinit { library.listFree(headers) }

    /// Prepares the handle, which owns the transfer from now on.
    func configure(_ easy: CurlLibrary.Handle, timeoutMilliseconds: Int) {
        func set(_ option: Int, _ value: Int) { library.set(easy, option, value) }
        func set(_ option: Int, _ text: String) {
            text.withCString { library.set(easy, option, UnsafeRawPointer($0)) }
        }
        // libcurl copies the texts and the body.
        set(WINDTUNNEL_CURLOPT_URL, request.url)
        set(WINDTUNNEL_CURLOPT_POST, 1)
        set(WINDTUNNEL_CURLOPT_CUSTOMREQUEST, request.method)
        set(WINDTUNNEL_CURLOPT_POSTFIELDSIZE, request.body.count)
        // Without an address it would read standard input.
        (request.body + [0]).withUnsafeBytes { library.set(easy, WINDTUNNEL_CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
        for (name, value) in request.headers { append(value.isEmpty ? "\(name);" : "\(name): \(value)") }
        let given = Set(request.headers.map { $0.0.lowercased() })
        for name in ["Accept", "Expect", "Content-Type"] where !given.contains(name.lowercased()) { append("\(name):") }
        library.set(easy, WINDTUNNEL_CURLOPT_HTTPHEADER, UnsafeRawPointer(headers))
        set(WINDTUNNEL_CURLOPT_NOSIGNAL, 1)
        set(WINDTUNNEL_CURLOPT_FOLLOWLOCATION, 0)
        set(WINDTUNNEL_CURLOPT_PROTOCOLS, Self.protocols)
        set(WINDTUNNEL_CURLOPT_HTTP_VERSION, Self.version11)
        set(WINDTUNNEL_CURLOPT_HTTPAUTH, Self.authentication)
        set(WINDTUNNEL_CURLOPT_TIMEOUT_MS, timeoutMilliseconds)
        set(WINDTUNNEL_CURLOPT_CONNECTTIMEOUT_MS, Self.connectMilliseconds)
        let exceptions = getenv("no_proxy").map { String(cString: $0) + "," } ?? ""
        set(WINDTUNNEL_CURLOPT_NOPROXY, exceptions + "localhost,127.0.0.1,::1")
        let take: @convention(c) (UnsafeMutableRawPointer?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
            bytes, size, count, owner in
            guard let bytes, let owner else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
            return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
        library.set(
            easy, WINDTUNNEL_CURLOPT_WRITEFUNCTION, unsafeBitCast(take, to: UnsafeRawPointer.self))
        let owner = Unmanaged.passRetained(self).toOpaque()
        library.set(easy, WINDTUNNEL_CURLOPT_WRITEDATA, UnsafeRawPointer(owner))
        library.set(easy, WINDTUNNEL_CURLOPT_PRIVATE, UnsafeRawPointer(owner))
    }

    private func append(_ line: String) {
        // A line break would begin another header.
        let line = String(line.map { $0.isNewline ? " " : $0 })
        headers = line.withCString { library.listAppend(headers, $0) }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        body.append(contentsOf: bytes.prefix(max(0, request.answerLimit - body.count)))
        received += bytes.count
        return received <= request.answerLimit + Self.readBytes
    }

    func result(_ easy: CurlLibrary.Handle, code: Int32) -> Result<OutgoingResponse, OutgoingError> {
        let status = library.status(of: easy)
        // An answer that was cut for its length is an answer all the same.
        guard code == 0 || (Int(code) == WINDTUNNEL_CURLE_WRITE_ERROR && status > 0) else {
            let text = library.easyError(code).map { String(cString: $0) } ?? "error \(code)"
            return .failure(OutgoingError(message: "no answer: \(text)"))
        }
        return .success(OutgoingResponse(status: status, body: body, milliseconds: Self.milliseconds() - began))
    }

    private static func milliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
