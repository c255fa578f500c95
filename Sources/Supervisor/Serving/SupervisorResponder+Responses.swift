import HTTPTypes
import Hummingbird
import JSONSchemas
import NIOCore

extension SupervisorResponder {
    /// A refusal, as a page or as JSON.
    func response(_ notice: NoticeView, isInterface: Bool, frame: PageFrame?) -> Response {
        var response: Response
        if isInterface {
            response = Self.json(notice.status, notice.toJSON())
        } else if let html = try? Pages.notice(notice, in: frame) {
            response = Self.html(notice.status, html)
        } else {
            response = Response(
                status: Self.status(notice.status), headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: notice.sentence + "\n")))
        }
        if notice.status == 405 { response.headers[.allow] = notice.fix }
        return response
    }

    static func html(_ status: Int, _ text: String) -> Response {
        Response(
            status: self.status(status), headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(
            status: self.status(status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.serialized(.compact) + "\n")))
    }

    static func redirect(to path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path], body: ResponseBody())
    }

    static func asset(_ asset: Asset, unlessMatching known: String?) -> Response {
        // FNV-1a: it has to differ when the file does, and nobody gains by making it not.
        let hash = asset.bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let tag = "\"\(String(hash, radix: 16))\""
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "no-cache"]
        guard known != tag else { return Response(status: .notModified, headers: headers, body: ResponseBody()) }
        headers[.contentType] = asset.type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }

    private static func status(_ code: Int) -> HTTPResponse.Status { HTTPResponse.Status(code: code) }
}
