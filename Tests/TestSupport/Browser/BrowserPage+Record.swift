import JSONSchemas

extension BrowserPage {
    /// The events of this page from a place on.
    package func events(from mark: Int = 0) -> [BrowserEvent] {
        connection.events(from: mark).filter { $0.session == session }
    }

    /// How many events there were; see ``events(from:)``.
    package var mark: Int { connection.mark }

    /// What hostile texts called: one entry a call of `canary()`, and one a dialog.
    package func canaries(from mark: Int = 0) -> [String] {
        events(from: mark).compactMap { event in
            switch event.method {
            case "Runtime.bindingCalled": "canary"
            case "Page.javascriptDialogOpening": "dialog"
            default: nil
            }
        }
    }

    /// What scripts threw and did not catch.
    package func exceptions(from mark: Int = 0) -> [String] {
        events(from: mark).filter { $0.method == "Runtime.exceptionThrown" }.map { event in
            let details = event.parameters["exceptionDetails"]
            return details?["exception"]?["description"]?.stringValue ?? details?["text"]?.stringValue ?? "?"
        }
    }

    /// What the browser refused or complained of: blocked scripts and styles among it. An answer that says no is none.
    package func complaints(from mark: Int = 0) -> [String] {
        events(from: mark).compactMap { event in
            guard event.method == "Log.entryAdded", let entry = event.parameters["entry"],
                ["error", "warning"].contains(entry["level"]?.stringValue),
                entry["text"]?.stringValue?.hasPrefix("Failed to load resource: the server responded") != true
            else { return nil }
            let source = entry["source"]?.stringValue ?? "?"
            return "\(source): \(entry["text"]?.stringValue ?? "?") \(entry["url"]?.stringValue ?? "")"
        }
    }

    /// The addresses that the page asked for.
    package func requests(from mark: Int = 0) -> [String] {
        events(from: mark).compactMap { event in
            guard event.method == "Network.requestWillBeSent" else { return nil }
            return event.parameters["request"]?["url"]?.stringValue
        }
    }
}

extension BrowserPage {
    /// Waits until a hostile text has called something, from a place on.
    package func canary(from mark: Int) async throws {
        let session = session
        _ = try await connection.event(from: mark, "a canary") {
            $0.session == session && $0.method == "Runtime.bindingCalled"
        }
    }
}
