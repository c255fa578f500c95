package import JSONSchemas

/// One page of a browser: what a person does with it and sees on it.
package struct BrowserPage: Sendable {
    /// Kept so that the browser lives as long as its pages are used.
    private let browser: Browser
    let connection: BrowserConnection
    let session: String
    let target: JSONValue

    init(browser: Browser, connection: BrowserConnection, session: String, target: JSONValue) {
        self.browser = browser
        self.connection = connection
        self.session = session
        self.target = target
    }

    func prepare() async throws {
        for domain in ["Page", "Runtime", "Log", "Network"] { try await send("\(domain).enable") }
        try await send("Page.setLifecycleEventsEnabled", ["enabled": true])
        // In every frame and before any script of a page: what hostile texts call. A binding itself wants an argument.
        try await send("Runtime.addBinding", ["name": "reportCanary"])
        try await send(
            "Page.addScriptToEvaluateOnNewDocument", ["source": "globalThis.canary = () => reportCanary('')"])
    }

    @discardableResult
    func send(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONValue {
        try await connection.send(method, parameters, session: session)
    }

    // MARK: Pages

    /// Goes to an address, waits until all of it is there, and returns the status of the answer; 0 where there was none.
    @discardableResult
    package func open(_ address: String) async throws -> Int {
        let mark = connection.mark
        let answer = try await send("Page.navigate", ["url": .string(address)])
        if let error = answer["errorText"]?.stringValue { throw BrowserFailure("Can't open the page: \(error).") }
        guard let loader = answer["loaderId"] else { return 0 }
        try await loaded(from: mark) { $0 == loader }
        return status(from: mark)
    }

    /// Does something that leads to another page, waits until that is there, and returns the status of the answer.
    @discardableResult
    package func leaving(_ action: () async throws -> Void) async throws -> Int {
        let mark = connection.mark
        try await action()
        try await loaded(from: mark) { _ in true }
        return status(from: mark)
    }

    /// Shows the page again.
    @discardableResult
    package func reload() async throws -> Int { try await leaving { try await send("Page.reload") } }

    /// Closes the page.
    package func close() async throws {
        _ = try await connection.send("Target.closeTarget", ["targetId": target], session: nil)
    }

    private func loaded(from mark: Int, loader: @escaping @Sendable (JSONValue?) -> Bool) async throws {
        let session = session
        guard let frame = try await send("Page.getFrameTree")["frameTree"]?["frame"]?["id"] else { return }
        _ = try await connection.event(from: mark, "the page to load") { event in
            event.session == session && event.method == "Page.lifecycleEvent" && event.parameters["name"] == "load"
                && event.parameters["frameId"] == frame && loader(event.parameters["loaderId"])
        }
    }

    private func status(from mark: Int) -> Int {
        events(from: mark).last {
            $0.method == "Network.responseReceived" && $0.parameters["type"] == "Document"
                && $0.parameters["frameId"] == target
        }?.parameters["response"]?["status"]?.intValue ?? 0
    }

    // MARK: Settings

    /// Shows the page as on a screen of this size, in CSS pixels.
    package func resize(width: Int, height: Int) async throws {
        try await send(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .integer(width), "height": .integer(height), "deviceScaleFactor": 1,
                "mobile": false,
            ])
    }

    /// Lets pages run script or not, from the next one on.
    package func setScript(enabled: Bool) async throws {
        try await send("Emulation.setScriptExecutionDisabled", ["value": .bool(!enabled)])
    }

    /// Shows the page as to somebody who likes it dark, or light.
    package func setDark(_ isDark: Bool) async throws {
        try await send(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]]])
    }

    // MARK: Looking

    /// What an expression comes to; of a promise, what it is kept with.
    @discardableResult
    package func evaluate(_ expression: String) async throws -> JSONValue {
        let answer = try await send(
            "Runtime.evaluate",
            [
                "expression": .string(expression), "returnByValue": true, "awaitPromise": true, "userGesture": true,
            ])
        if let details = answer["exceptionDetails"] {
            let text = details["exception"]?["description"]?.stringValue ?? details["text"]?.stringValue ?? "?"
            throw BrowserFailure("\(text) in \(expression.prefix(300))")
        }
        return answer["result"]?["value"] ?? .null
    }

    /// The text of the page as it is seen.
    package func text() async throws -> String {
        // Rows that the browser leaves undrawn because they are off the screen have no text until they are drawn.
        try await evaluate(
            """
            (() => {
              for (const part of document.body.querySelectorAll('*')) {
                if (getComputedStyle(part).contentVisibility === 'auto') part.style.contentVisibility = 'visible'
              }
              return document.body.innerText
            })()
            """
        ).stringValue ?? ""
    }

    /// Where the page is.
    package func address() async throws -> String { try await evaluate("location.href").stringValue ?? "" }

    /// Waits until an expression is true. It is looked at again after every change of the page.
    package func wait(for expression: String) async throws {
        // Half of what a command waits for, so that the page says what it waited for.
        let promise = """
            new Promise((resolve, reject) => {
              const holds = () => { try { return Boolean(\(expression)) } catch { return false } };
              const look = () => { if (holds()) { observer.disconnect(); resolve(true) } };
              const observer = new MutationObserver(look);
              observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
              for (const name of ['focusin', 'focusout', 'input', 'change', 'load', 'toggle', 'scroll'])
                document.addEventListener(name, () => setTimeout(look), true);
              window.addEventListener('load', look);
              setTimeout(() => reject(new Error('it did not come true')), 30000);
              look();
            })
            """
        while true {
            do {
                _ = try await evaluate(promise)
                return
            } catch let failure as BrowserFailure where Self.isGone(failure) {
                // The page it was waited on has made room for another one.
                continue
            }
        }
    }

    private static func isGone(_ failure: BrowserFailure) -> Bool {
        ["context was destroyed", "navigated or closed", "Cannot find context", "Promise was collected"]
            .contains { failure.description.contains($0) }
    }

    /// The page as a PNG image, all of it or what the screen shows.
    package func screenshot(whole: Bool = true) async throws -> [UInt8] {
        let answer = try await send(
            "Page.captureScreenshot", ["format": "png", "captureBeyondViewport": .bool(whole)])
        guard let text = answer["data"]?.stringValue, let image = Base64.bytes(text) else {
            throw BrowserFailure("Can't take a picture of the page.")
        }
        return image
    }
}
