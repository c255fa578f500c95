import CCurl
import WebAddresses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Owns one libcurl handle; freed when the value's life ends.
@safe struct EasyHandle: ~Copyable {
    private let raw: UnsafeMutableRawPointer
    private let operation: String

    /// What a transfer came to.
    struct Outcome {
        let code: CURLcode
        let status: Int
        let redirect: String?
        let message: String
        let sentByteCount: Int
    }

    init(operation: String) throws(TransferError) {
        guard let raw = unsafe curl_easy_init() else {
            throw TransferError(.connectionFailed, operation, "libcurl has no memory for it")
        }
        unsafe self.raw = raw
        self.operation = operation
    }

    deinit { unsafe curl_easy_cleanup(raw) }

    /// Runs the transfer to its end. Blocks.
    func perform(
        _ request: HTTPRequest, pin: Destination.Pin?, milliseconds: Int, state: inout TransferState
    ) throws(TransferError) -> Outcome {
        try setOptions(request, milliseconds: milliseconds)
        let list = StringList(try headerLines(request))
        try check(unsafe warrant_curl_set_pointer(raw, CURLOPT_HTTPHEADER, list.raw))
        let resolutions = StringList(pin?.resolution.map { [$0] } ?? [])
        if pin != nil {
            try check(unsafe warrant_curl_set_pointer(raw, CURLOPT_RESOLVE, resolutions.raw))
            // A proxy would make the connection, to an address nobody here has checked.
            try check(unsafe warrant_curl_set_string(raw, CURLOPT_PROXY, ""))
            try check(unsafe warrant_curl_set_socket_function(raw, openSocket))
        }
        let body = request.body ?? []
        var errorText = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = unsafe body.withUnsafeBytes { content in
            unsafe errorText.withUnsafeMutableBufferPointer { text in
                // libcurl calls back with the state's address only inside `curl_easy_perform`, and reads the
                // content and writes the error text only then too: all three outlive the call.
                unsafe withUnsafeMutablePointer(to: &state) { state in
                    unsafe warrant_curl_set_pointer(raw, CURLOPT_ERRORBUFFER, text.baseAddress)
                    if request.body != nil {
                        unsafe warrant_curl_set_offset(
                            raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(content.count))
                        unsafe warrant_curl_set_pointer(
                            raw, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: content.baseAddress))
                    }
                    unsafe warrant_curl_set_string(raw, CURLOPT_CUSTOMREQUEST, request.method)
                    unsafe warrant_curl_set_pointer(raw, CURLOPT_WRITEDATA, state)
                    unsafe warrant_curl_set_pointer(raw, CURLOPT_HEADERDATA, state)
                    unsafe warrant_curl_set_pointer(raw, CURLOPT_XFERINFODATA, state)
                    unsafe warrant_curl_set_pointer(raw, CURLOPT_OPENSOCKETDATA, state)
                    let code = unsafe curl_easy_perform(raw)
                    unsafe warrant_curl_set_pointer(raw, CURLOPT_ERRORBUFFER, nil)
                    return code
                }
            }
        }
        let redirect = unsafe warrant_curl_redirect(raw).map { unsafe String(cString: $0) }
        let explained = String(
            decoding: errorText.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let message = explained.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : explained
        return Outcome(
            code: code, status: Int(unsafe warrant_curl_status(raw)), redirect: redirect, message: message,
            sentByteCount: Int(unsafe warrant_curl_sent(raw)))
    }

    private func setOptions(_ request: HTTPRequest, milliseconds: Int) throws(TransferError) {
        try check(unsafe warrant_curl_set_string(raw, CURLOPT_URL, request.url))
        // Belt and braces: redirects are followed by `RedirectFollower`, other protocols not at all.
        try check(unsafe warrant_curl_set_string(raw, CURLOPT_PROTOCOLS_STR, "http,https"))
        try check(unsafe warrant_curl_set_long(raw, CURLOPT_FOLLOWLOCATION, 0))
        // Signals belong to the process; without them name look-ups use a thread.
        try check(unsafe warrant_curl_set_long(raw, CURLOPT_NOSIGNAL, 1))
        try check(unsafe warrant_curl_set_long(raw, CURLOPT_TIMEOUT_MS, milliseconds))
        try check(
            unsafe warrant_curl_set_long(
                raw, CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeLimit.milliseconds))
        if let stall = request.stallTimeLimit {
            try check(unsafe warrant_curl_set_long(raw, CURLOPT_LOW_SPEED_LIMIT, request.minimumRate))
            try check(
                unsafe warrant_curl_set_long(raw, CURLOPT_LOW_SPEED_TIME, (stall.milliseconds + 999) / 1000))
        }
        try check(unsafe warrant_curl_set_long(raw, CURLOPT_NOPROGRESS, 0))
        try check(unsafe warrant_curl_set_string(raw, CURLOPT_USERAGENT, "warrant"))
        if let offset = request.resumeOffset, offset > 0 {
            try check(unsafe warrant_curl_set_string(raw, CURLOPT_RANGE, "\(offset)-"))
        }
        if request.method == "HEAD" { try check(unsafe warrant_curl_set_long(raw, CURLOPT_NOBODY, 1)) }
        try check(unsafe warrant_curl_set_data_function(raw, CURLOPT_WRITEFUNCTION, takeContent))
        try check(unsafe warrant_curl_set_data_function(raw, CURLOPT_HEADERFUNCTION, takeHeader))
        try check(unsafe warrant_curl_set_progress_function(raw, takeProgress))
    }

    /// A line break would smuggle in another header, and a name with a colon would be another name.
    private func headerLines(_ request: HTTPRequest) throws(TransferError) -> [String] {
        var lines: [String] = []
        for header in request.headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 58 }),
                !header.value.utf8.contains(where: { ($0 < 32 && $0 != 9) || $0 == 127 })
            else { throw TransferError(.invalidURL, operation, "a header has a control character") }
            // libcurl takes a name without a value for a header to leave out, and `;` for an empty one.
            lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        return lines
    }

    private func check(_ code: CURLcode) throws(TransferError) {
        guard code != CURLE_OK else { return }
        throw TransferError(.connectionFailed, operation, unsafe String(cString: curl_easy_strerror(code)))
    }
}

/// Owns a list of strings that libcurl reads; freed when the value's life ends.
@safe private struct StringList: ~Copyable {
    let raw: UnsafeMutablePointer<curl_slist>?

    init(_ strings: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for string in strings { unsafe list = curl_slist_append(list, string) ?? list }
        unsafe raw = list
    }

    deinit { unsafe curl_slist_free_all(raw) }
}

// libcurl hands back the address of the `TransferState` that `perform` lends it, and never two callbacks of
// one transfer run at the same time.

@c private func takeContent(
    data: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let state = unsafe context?.assumingMemoryBound(to: TransferState.self) else { return 0 }
    let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: size * count))
    // Any other count than the one given ends the transfer; an empty chunk would not be told apart.
    return unsafe state.pointee.take(content: bytes) ? bytes.count : (bytes.isEmpty ? 1 : 0)
}

@c private func takeHeader(
    data: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let state = unsafe context?.assumingMemoryBound(to: TransferState.self) else { return 0 }
    let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: size * count))
    return unsafe state.pointee.take(headerLine: bytes) ? bytes.count : 0
}

@c private func openSocket(
    context: UnsafeMutableRawPointer?, purpose: curlsocktype, address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let state = unsafe context?.assumingMemoryBound(to: TransferState.self), let address = unsafe address,
        let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr)
    else { return -1 }
    // libcurl keeps the structure alive for the call, and behind it the whole address, however long its family's is.
    let target = unsafe IPAddress((UnsafeRawPointer(address) + offset).assumingMemoryBound(to: sockaddr.self))
    guard unsafe state.pointee.mayConnect(to: target) else { return -1 }
    return unsafe socket(
        address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
}

@c private func takeProgress(
    context: UnsafeMutableRawPointer?, total: curl_off_t, received: curl_off_t, uploadTotal: curl_off_t,
    uploaded: curl_off_t
) -> CInt {
    guard let state = unsafe context?.assumingMemoryBound(to: TransferState.self) else { return 1 }
    if unsafe state.pointee.cancellation.isSet {
        unsafe state.pointee.stop = .cancelled
        return 1
    }
    if received > 0 { unsafe state.pointee.progress(Int(received), total > 0 ? Int(total) : nil) }
    return 0
}
