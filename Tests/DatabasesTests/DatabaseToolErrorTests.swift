import Databases
import GRDB
import Testing

@Suite struct DatabaseToolErrorTests {
    @Test(arguments: [
        (ResultCode.SQLITE_FULL, DatabaseToolError.Code.diskFull), (.SQLITE_BUSY, .busy),
        (.SQLITE_IOERR, .io),
        (.SQLITE_CORRUPT, .io), (.SQLITE_NOTADB, .io), (.SQLITE_TOOBIG, .sizeLimit), (.SQLITE_ERROR, .syntax),
        (.SQLITE_READONLY, .io), (.SQLITE_AUTH, .denied), (.SQLITE_INTERRUPT, .timeLimit),
    ])
    func `each result of SQLite has its code and one sentence`(
        resultCode: ResultCode, code: DatabaseToolError.Code
    ) {
        let error = DatabaseToolError(
            DatabaseError(resultCode: resultCode, message: "the message."), during: "write table `t`")
        #expect(error.code == code)
        #expect(error.description.hasPrefix("Can't write table `t`: "))
        #expect(error.description.hasSuffix(".") && !error.description.hasSuffix(".."))
    }

    @Test func `values bound to a statement are not in the sentence`() {
        let error = DatabaseToolError(
            DatabaseError(message: "no", sql: "INSERT INTO t VALUES (?)", arguments: ["hunter2"]), during: "x"
        )
        #expect(!error.description.contains("hunter2") && !error.description.contains("INSERT"))
    }
}
