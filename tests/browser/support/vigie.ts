import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Mailbox } from "./smtp";

export type Engine = "sqlite" | "postgres";

export const root = resolve(import.meta.dirname, "../../..");
const binary = process.env.VIGIE_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/vigie");

/// The real binary on a free port, with a fresh database, an SMTP server to send to and a clock to move.
export class Vigie {
  readonly mailbox = new Mailbox();
  url = "";
  private readonly folder = mkdtempSync(join(tmpdir(), "vigie-browser-"));
  private environment: NodeJS.ProcessEnv = {};
  private process?: ChildProcess;
  private output = "";
  private offset = 0;

  static async start(engine: Engine): Promise<Vigie> {
    const vigie = new Vigie();
    const port = await freePort();
    vigie.url = `http://127.0.0.1:${port}`;
    vigie.environment = {
      ...process.env,
      VIGIE_LISTEN: `127.0.0.1:${port}`,
      VIGIE_BASE_URL: vigie.url,
      VIGIE_DATA_DIR: vigie.folder,
      VIGIE_DATABASE: engine === "sqlite" ? `sqlite:${vigie.folder}/vigie.db` : await freshPostgres(),
      VIGIE_SMTP: await vigie.mailbox.listen(),
      VIGIE_TEST_CLOCK: "true",
      VIGIE_LOG: process.env.VIGIE_LOG ?? "warn",
    };
    await vigie.serve();
    return vigie;
  }

  /// Starts the server; what it prints first tells that it listens.
  async serve(): Promise<void> {
    const child = spawn(binary, ["serve"], { env: this.environment, cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    }
    await this.until(async () => {
      if (child.exitCode !== null) throw new Error(`vigie ended with ${child.exitCode}:\n${this.output}`);
      return (await fetch(`${this.url}/readyz`).catch(() => undefined))?.ok;
    }, "the server to answer");
  }

  /// Runs `vigie ARGUMENTS` on the same database.
  async run(args: string[], input = ""): Promise<string> {
    const command = promisify(execFile)(binary, args, { env: this.environment, cwd: this.folder });
    command.child.stdin?.end(input);
    return (await command).stdout;
  }

  /// What the server printed that matches: the first administrator's link, for one.
  async printed(pattern: RegExp): Promise<string> {
    await this.until(async () => pattern.test(this.output), `${pattern} in what the server prints`);
    return this.output.match(pattern)?.[0] ?? "";
  }

  /// Moves the server's clock forward.
  advance(seconds: number): void {
    this.offset += seconds;
    const file = join(this.folder, "test-clock");
    const instant = new Date(Date.now() + this.offset * 1000).toISOString();
    // Whole at once: the server may read at any moment.
    writeFileSync(`${file}.new`, `${instant}\n`);
    renameSync(`${file}.new`, file);
  }

  async stopServing(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(patience);
  }

  async stop(): Promise<void> {
    await this.stopServing();
    await this.mailbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /// The server's own log, for a failure's report.
  get log(): string {
    return this.output;
  }

  private async until(holds: () => Promise<boolean | undefined>, what: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}:\n${this.output}`);
      await new Promise((later) => setTimeout(later, 50));
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });
}

async function freshPostgres(): Promise<string> {
  const server = process.env.VIGIE_TEST_POSTGRES;
  if (!server) throw new Error("VIGIE_TEST_POSTGRES must be the address of a throw-away server; bin/test starts one");
  const name = `b${randomUUID().replaceAll("-", "")}`;
  await promisify(execFile)("psql", [`${server}/postgres`, "-qc", `CREATE DATABASE ${name}`]);
  return `${server}/${name}`;
}
