import Foundation

/// Who sits here, for the record.
enum Person {
    static var name: String {
        let environment = ProcessInfo.processInfo.environment
        return environment["WARRANT_PERSON"] ?? NSUserName()
    }

    static var now: String {
        Date.now.formatted(.iso8601)
    }
}
