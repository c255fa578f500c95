import JSONSchemas

/// A headless Chromium for one test. It ends with the value, and so does all that it started.
package final class Browser: Sendable {
    private let process: BrowserProcess
    private let connection: BrowserConnection

    /// Starts it.
    package init() async throws {
        process = try BrowserProcess()
        connection = BrowserConnection(process)
        connection.start()
        _ = try await connection.send("Browser.getVersion", session: nil)
    }

    deinit { process.end() }

    /// The process, for looking at what it takes.
    package var processIdentifier: Int32 { process.identifier }

    /// Cookies and storage apart from those of all other profiles.
    package func profile() async throws -> String {
        let answer = try await connection.send("Target.createBrowserContext", session: nil)
        guard let profile = answer["browserContextId"]?.stringValue else {
            throw BrowserFailure("Can't make a profile: \(answer.serialized()).")
        }
        return profile
    }

    /// A new empty page, in the profile that all pages share where none is named.
    package func page(profile: String? = nil, width: Int = 1280, height: Int = 800) async throws -> BrowserPage {
        // A window of its own: a tab behind another one is not drawn and hears no mouse.
        var parameters = JSONObject([("url", "about:blank"), ("newWindow", true)])
        if let profile { parameters["browserContextId"] = .string(profile) }
        let target = try await connection.send("Target.createTarget", .object(parameters), session: nil)
        guard let identifier = target["targetId"] else {
            throw BrowserFailure("Can't open a page: \(target.serialized()).")
        }
        let attached = try await connection.send(
            "Target.attachToTarget", ["targetId": identifier, "flatten": true], session: nil)
        guard let session = attached["sessionId"]?.stringValue else {
            throw BrowserFailure("Can't attach to a page: \(attached.serialized()).")
        }
        let page = BrowserPage(browser: self, connection: connection, session: session, target: identifier)
        try await page.prepare()
        try await page.resize(width: width, height: height)
        return page
    }
}
