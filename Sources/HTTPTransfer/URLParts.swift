import CCurl

/// The parts of a URL that decide whether it may be asked, read by the parser that will also connect.
/// Another parser could see another host in the same text.
struct URLParts: Hashable {
    let scheme: String
    let host: String
    /// As it is written; empty when it is left out.
    let port: String

    init(_ url: String) throws(TransferError) {
        func refuse(_ reason: String) -> TransferError { TransferError(.invalidURL, "read URL", reason) }
        guard let handle = unsafe curl_url() else { throw refuse("libcurl has no memory for it") }
        defer { unsafe curl_url_cleanup(handle) }
        guard unsafe curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK else {
            throw refuse("it is not an absolute URL")
        }
        func part(_ which: CURLUPart) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(handle, which, &text, 0) == CURLUE_OK, let text = unsafe text else {
                return nil
            }
            defer { unsafe curl_free(text) }
            return unsafe String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME)?.lowercased(), ["https", "http"].contains(scheme) else {
            throw refuse("its scheme is neither `https` nor `http`")
        }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else {
            throw refuse("it holds a user name or a password")
        }
        guard let host = part(CURLUPART_HOST), !host.isEmpty else { throw refuse("it names no host") }
        self.scheme = scheme
        self.host = host.lowercased()
        port = part(CURLUPART_PORT) ?? ""
    }
}
