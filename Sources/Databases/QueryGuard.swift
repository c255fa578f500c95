internal import GRDB
internal import GRDBSQLite

/// Watches one query on one connection: what it may touch (SQLite's authorizer) and for how long (its
/// progress handler).
///
/// GRDB offers neither, so this is the one place that speaks to the connection's C handle. GRDB's own
/// authorizer, which only serves change observation, is gone from the connection afterwards: guarded
/// connections are read-only and used for nothing else.
struct QueryGuard {
    private let permissions: QueryPermissions
    private let deadline: ContinuousClock.Instant
    /// The first reason to deny, a clause without a full stop.
    private(set) var denial: String?
    /// Whether the time limit stopped the statement.
    private(set) var isPastDeadline = false

    /// How many steps of SQLite's virtual machine pass between two looks at the clock: a few microseconds.
    private static let stepsBetweenChecks: Int32 = 1_000

    init(permissions: QueryPermissions, timeLimit: Duration) {
        self.permissions = permissions
        self.deadline = ContinuousClock.now.advanced(by: timeLimit)
    }

    /// Runs `body` while this guard is on duty; statements have to be prepared and stepped inside.
    mutating func watch<Value>(_ database: Database, _ body: () throws -> Value) rethrows -> Value {
        try unsafe withUnsafeMutablePointer(to: &self) { guardPointer in
            // The handle lives as long as `database`, which the caller holds for the whole call.
            let handle = unsafe database.sqliteConnection
            // Both callbacks only run inside `body`, on this thread, while `guardPointer` is valid; they are
            // taken off below.
            unsafe sqlite3_set_authorizer(handle, authorizeAction, guardPointer)
            unsafe sqlite3_progress_handler(handle, Self.stepsBetweenChecks, checkProgress, guardPointer)
            defer {
                unsafe sqlite3_set_authorizer(handle, nil, nil)
                unsafe sqlite3_progress_handler(handle, 0, nil, nil)
            }
            return try body()
        }
    }

    /// Decides on one action of a statement that is being prepared.
    fileprivate mutating func permits(_ action: Int32, _ first: String?, _ second: String?, database: String?)
        -> Bool
    {
        let reason: String?
        switch action {
        case SQLITE_SELECT, SQLITE_RECURSIVE: reason = nil
        case SQLITE_READ:
            reason = permissions.reasonAgainstReading(first ?? "", column: second ?? "", database: database)
        case SQLITE_FUNCTION: reason = permissions.reasonAgainstCalling(second ?? "")
        default: reason = "\(Self.name(of: action)) isn't allowed, only one reading statement"
        }
        guard let reason else { return true }
        denial = denial ?? reason
        return false
    }

    /// Whether the statement has to stop now.
    fileprivate mutating func isOutOfTime() -> Bool {
        isPastDeadline = isPastDeadline || ContinuousClock.now >= deadline
        return isPastDeadline
    }

    /// What SQLite calls the action, for a sentence.
    private static func name(of action: Int32) -> String {
        switch action {
        case SQLITE_INSERT: "`INSERT`"
        case SQLITE_UPDATE: "`UPDATE`"
        case SQLITE_DELETE: "`DELETE`"
        case SQLITE_PRAGMA: "`PRAGMA`"
        case SQLITE_ATTACH: "`ATTACH`"
        case SQLITE_DETACH: "`DETACH`"
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: "a transaction"
        case SQLITE_ALTER_TABLE: "`ALTER`"
        case SQLITE_ANALYZE: "`ANALYZE`"
        case SQLITE_REINDEX: "`REINDEX`"
        case SQLITE_CREATE_INDEX, SQLITE_CREATE_TABLE, SQLITE_CREATE_TRIGGER, SQLITE_CREATE_VIEW,
            SQLITE_CREATE_VTABLE, SQLITE_CREATE_TEMP_INDEX, SQLITE_CREATE_TEMP_TABLE,
            SQLITE_CREATE_TEMP_TRIGGER,
            SQLITE_CREATE_TEMP_VIEW:
            "`CREATE`"
        case SQLITE_DROP_INDEX, SQLITE_DROP_TABLE, SQLITE_DROP_TRIGGER, SQLITE_DROP_VIEW, SQLITE_DROP_VTABLE,
            SQLITE_DROP_TEMP_INDEX, SQLITE_DROP_TEMP_TABLE, SQLITE_DROP_TEMP_TRIGGER, SQLITE_DROP_TEMP_VIEW:
            "`DROP`"
        default: "this kind of statement"
        }
    }
}

/// SQLite's authorizer callback: names come as `first` to `third`, depending on the action.
private func authorizeAction(
    _ context: UnsafeMutableRawPointer?, _ action: Int32, _ first: UnsafePointer<CChar>?,
    _ second: UnsafePointer<CChar>?, _ third: UnsafePointer<CChar>?, _ fourth: UnsafePointer<CChar>?
) -> Int32 {
    // `watch` passes a pointer to its guard and takes this callback off before that pointer ends.
    guard let queryGuard = unsafe context?.assumingMemoryBound(to: QueryGuard.self) else {
        return SQLITE_DENY
    }
    // SQLite's strings end with a zero and live until this function returns; they are copied at once.
    let firstName = unsafe first.map { unsafe String(cString: $0) }
    let secondName = unsafe second.map { unsafe String(cString: $0) }
    let databaseName = unsafe third.map { unsafe String(cString: $0) }
    let isPermitted = unsafe queryGuard.pointee.permits(action, firstName, secondName, database: databaseName)
    return isPermitted ? SQLITE_OK : SQLITE_DENY
}

/// SQLite's progress callback: a result other than zero interrupts the statement.
private func checkProgress(_ context: UnsafeMutableRawPointer?) -> Int32 {
    // As in `authorizeAction`: the pointer is the guard that `watch` holds.
    guard let queryGuard = unsafe context?.assumingMemoryBound(to: QueryGuard.self) else { return 1 }
    return unsafe queryGuard.pointee.isOutOfTime() ? 1 : 0
}
