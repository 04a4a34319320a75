import CCurl
import Glibc

/// libcurl, loaded when the first request goes out: linked at the start it would cost every start 7 ms and 6 MB.
struct CurlLibrary: @unchecked Sendable {  // Pointers to code, which nobody changes.
    typealias Handle = UnsafeMutableRawPointer

    private static let names = ["libcurl.so.4", "libcurl-gnutls.so.4"]

    /// Nil where the system has no libcurl.
    static let shared: CurlLibrary? = {
        for name in names {
            if let library = dlopen(name, RTLD_NOW | RTLD_LOCAL), let loaded = CurlLibrary(library) { return loaded }
        }
        return nil
    }()

    let easyInit: @convention(c) () -> Handle?
    let easyCleanup: @convention(c) (Handle) -> Void
    let easyReset: @convention(c) (Handle) -> Void
    let easyError: @convention(c) (Int32) -> UnsafePointer<CChar>?
    let listAppend: @convention(c) (Handle?, UnsafePointer<CChar>) -> Handle?
    let listFree: @convention(c) (Handle?) -> Void
    let multiInit: @convention(c) () -> Handle?
    let multiAdd: @convention(c) (Handle, Handle) -> Int32
    let multiRemove: @convention(c) (Handle, Handle) -> Int32
    let multiPerform: @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Int32
    let multiPoll: @convention(c) (Handle, Handle?, UInt32, Int32, UnsafeMutablePointer<Int32>?) -> Int32
    let multiWakeUp: @convention(c) (Handle) -> Int32
    let multiRead:
        @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> UnsafeMutablePointer<windtunnel_curl_message>?
    private let easySet: Handle
    private let easyGet: Handle

    private init?(_ library: Handle) {
        func function<Function>(_ name: String, as type: Function.Type) -> Function? {
            dlsym(library, name).map { unsafeBitCast($0, to: type) }
        }
        guard let set = dlsym(library, "curl_easy_setopt"), let get = dlsym(library, "curl_easy_getinfo"),
            let globalInit = function("curl_global_init", as: (@convention(c) (Int) -> Int32).self),
            let easyInit = function("curl_easy_init", as: (@convention(c) () -> Handle?).self),
            let easyCleanup = function("curl_easy_cleanup", as: (@convention(c) (Handle) -> Void).self),
            let easyReset = function("curl_easy_reset", as: (@convention(c) (Handle) -> Void).self),
            let easyError = function(
                "curl_easy_strerror", as: (@convention(c) (Int32) -> UnsafePointer<CChar>?).self),
            let listAppend = function(
                "curl_slist_append", as: (@convention(c) (Handle?, UnsafePointer<CChar>) -> Handle?).self),
            let listFree = function("curl_slist_free_all", as: (@convention(c) (Handle?) -> Void).self),
            let multiInit = function("curl_multi_init", as: (@convention(c) () -> Handle?).self),
            let multiAdd = function("curl_multi_add_handle", as: (@convention(c) (Handle, Handle) -> Int32).self),
            let multiRemove = function(
                "curl_multi_remove_handle", as: (@convention(c) (Handle, Handle) -> Int32).self),
            let multiPerform = function(
                "curl_multi_perform", as: (@convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Int32).self),
            let multiPoll = function(
                "curl_multi_poll",
                as: (@convention(c) (Handle, Handle?, UInt32, Int32, UnsafeMutablePointer<Int32>?) -> Int32).self),
            let multiWakeUp = function("curl_multi_wakeup", as: (@convention(c) (Handle) -> Int32).self),
            let multiRead = function(
                "curl_multi_info_read",
                as: (@convention(c) (Handle, UnsafeMutablePointer<Int32>)
                    -> UnsafeMutablePointer<windtunnel_curl_message>?).self),
            globalInit(3) == 0  // CURL_GLOBAL_ALL
        else { return nil }
        self.easyInit = easyInit
        self.easyCleanup = easyCleanup
        self.easyReset = easyReset
        self.easyError = easyError
        self.listAppend = listAppend
        self.listFree = listFree
        self.multiInit = multiInit
        self.multiAdd = multiAdd
        self.multiRemove = multiRemove
        self.multiPerform = multiPerform
        self.multiPoll = multiPoll
        self.multiWakeUp = multiWakeUp
        self.multiRead = multiRead
        easySet = set
        easyGet = get
    }

    func set(_ easy: Handle, _ option: Int, _ value: Int) {
        _ = windtunnel_curl_set_long(easySet, easy, Int32(option), value)
    }

    func set(_ easy: Handle, _ option: Int, _ value: UnsafeRawPointer?) {
        _ = windtunnel_curl_set_pointer(easySet, easy, Int32(option), value)
    }

    func status(of easy: Handle) -> Int {
        var status = 0
        _ = windtunnel_curl_get(easyGet, easy, Int32(WINDTUNNEL_CURLINFO_RESPONSE_CODE), &status)
        return status
    }

    func owner(of easy: Handle) -> Handle? {
        var owner: Handle?
        _ = windtunnel_curl_get(easyGet, easy, Int32(WINDTUNNEL_CURLINFO_PRIVATE), &owner)
        return owner
    }
}
