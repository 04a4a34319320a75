import Glibc

/// Milliseconds since 1970 of `2026-11-24T22:00:00Z`, by the C library.
func moment(_ text: String) -> Int64 {
    let numbers = text.split { "-T:Z".contains($0) }.compactMap { Int32($0) }
    precondition(numbers.count == 6, text)
    var fields = tm()
    fields.tm_year = numbers[0] - 1900
    fields.tm_mon = numbers[1] - 1
    fields.tm_mday = numbers[2]
    fields.tm_hour = numbers[3]
    fields.tm_min = numbers[4]
    fields.tm_sec = numbers[5]
    return Int64(timegm(&fields)) * 1000
}

/// `2026-11-24T22:00:00Z`; full seconds only.
func text(_ moment: Int64?) -> String {
    guard let moment else { return "never" }
    var seconds = time_t(moment / 1000)
    var fields = tm()
    gmtime_r(&seconds, &fields)
    var buffer = [CChar](repeating: 0, count: 40)
    strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &fields)
    let rest = moment % 1000 == 0 ? "" : "+\(moment % 1000)ms"
    return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" } + rest
}
