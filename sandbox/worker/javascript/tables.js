// Copies rows from source to analytics over ClickHouse's HTTP interface, as in sandbox/worker/tables.py.
'use strict';

const TABLES = ['scorecards', 'scores'];
const COLUMNS = 'id, customer, scored_at, value, version';
const BETWEEN =
  'customer = {customer:String} ' +
  'AND scored_at >= fromUnixTimestamp({begin:Int64}) AND scored_at < fromUnixTimestamp({end:Int64})';

exports.Tables = class Tables {
  constructor(url) {
    this.url = url;
  }

  /** The customer's rows from `begin` to `end` (milliseconds, excluded), over all source tables. */
  async count(customer, begin, end) {
    const counts = TABLES.map((table) => `(SELECT count() FROM source.${table} WHERE ${BETWEEN})`);
    const answer = await this.post(`SELECT ${counts.join(' + ')}`, customer, begin, end);
    return Number(await answer.text());
  }

  /** Returns how many rows were written. */
  async copy(customer, begin, end) {
    let written = 0;
    for (const table of TABLES) {
      const select = `SELECT ${COLUMNS} FROM source.${table} WHERE ${BETWEEN}`;
      const answer = await this.post(`INSERT INTO analytics.${table} (${COLUMNS}) ${select}`, customer, begin, end);
      written += Number(JSON.parse(answer.headers.get('X-ClickHouse-Summary')).written_rows);
    }
    return written;
  }

  async post(statement, customer, begin, end) {
    const parameters = new URLSearchParams({
      param_customer: customer.replaceAll('\\', '\\\\'),
      param_begin: String(begin / 1000),
      param_end: String(end / 1000),
    });
    const answer = await fetch(`${this.url}?${parameters}`, { method: 'POST', body: statement });
    if (!answer.ok) {
      throw new Error((await answer.text()).trim());
    }
    return answer;
  }
};
