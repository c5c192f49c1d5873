import type { Config } from '#shared/config/index.ts';

/** The words of `logpatrol ipmi add`. */
export interface AddWording {
  readonly host: string;
  readonly name: string;
  readonly hostName: string;
  readonly user: string;
  readonly ownPassword: string;
  readonly where: string;
  readonly inFile: (file: string) => string;
  readonly inEnvironment: string;
  readonly variable: string;
  readonly passwordLength: (most: number) => string;
  readonly missing: (flag: string) => string;
  readonly noPassword: string;
  readonly nameTaken: (name: string) => string;
  readonly hostTaken: (host: string, name: string) => string;
  readonly testing: (host: string, port: number) => string;
  readonly found: (power: string, sensors: number, counts: string, faults: string) => string;
  readonly failed: (reason: string) => string;
  readonly allTheSame: string;
  readonly nothingWritten: string;
  readonly write: (file: string) => string;
  readonly written: (name: string, file: string) => string;
  readonly needsVariable: (variable: string) => string;
  readonly keptIn: (file: string) => string;
}

const en: AddWording = {
  host: 'Address or name of the BMC',
  name: 'Name of the server here',
  hostName: 'How the machine calls itself in its logs',
  user: 'User of the BMC (USER privilege is enough)',
  ownPassword: 'There is a password for all servers already. Has this one another?',
  where: 'Where is the password to be kept?',
  inFile: (file) => `in the file ${file}, which only you can read`,
  inEnvironment: 'in an environment variable that you set where logpatrol runs',
  variable: 'Name of the environment variable',
  passwordLength: (most) => `a password has 1 to ${most} bytes in IPMI`,
  missing: (flag) => `${flag} is missing, and there is no terminal to ask at`,
  noPassword:
    'there is no password: name an existing --password-file or a --password-env that is set, or set IPMI_PASSWORD',
  nameTaken: (name) => `there is a server ${name} already`,
  hostTaken: (host, name) => `the BMC ${host} is on the list already, as ${name}`,
  testing: (host, port) => `asking ${host}:${port} …`,
  found: (power, sensors, counts, faults) =>
    `it answers: power ${power}, ${sensors} sensors (${counts})${faults === '' ? '' : `; the chassis says: ${faults}`}`,
  failed: (reason) => `the test failed: ${reason}`,
  allTheSame: 'Write it all the same?',
  nothingWritten: 'nothing was written; --force writes it all the same',
  write: (file) => `Write it to ${file}?`,
  written: (name, file) => `${name} is in ${file} now; a running logpatrol needs a restart`,
  needsVariable: (variable) => `its password comes from ${variable}: logpatrol needs it where it runs`,
  keptIn: (file) => `its password is in ${file} (mode 600)`,
};

const zh: AddWording = {
  host: 'BMC 的地址或名称',
  name: '服务器在此处的名称',
  hostName: '该机器在日志中的主机名',
  user: 'BMC 用户（USER 权限即可）',
  ownPassword: '已有适用于所有服务器的密码。这台的密码不同吗？',
  where: '密码保存在哪里？',
  inFile: (file) => `文件 ${file}（仅本人可读）`,
  inEnvironment: '环境变量，由你在运行 logpatrol 的地方设置',
  variable: '环境变量的名称',
  passwordLength: (most) => `IPMI 密码长度为 1 到 ${most} 字节`,
  missing: (flag) => `缺少 ${flag}，且没有终端可以询问`,
  noPassword:
    '没有密码：用 --password-file 指定已有文件，用 --password-env 指定已设置的变量，或设置 IPMI_PASSWORD',
  nameTaken: (name) => `已有名为 ${name} 的服务器`,
  hostTaken: (host, name) => `BMC ${host} 已在列表中，名为 ${name}`,
  testing: (host, port) => `正在询问 ${host}:${port} …`,
  found: (power, sensors, counts, faults) =>
    `应答正常：电源${power}，${sensors} 个传感器（${counts}）${faults === '' ? '' : `；机箱报告：${faults}`}`,
  failed: (reason) => `测试失败：${reason}`,
  allTheSame: '仍然写入吗？',
  nothingWritten: '没有写入任何内容；--force 可强制写入',
  write: (file) => `写入 ${file} 吗？`,
  written: (name, file) => `${name} 已写入 ${file}；正在运行的 logpatrol 需要重启`,
  needsVariable: (variable) => `密码来自环境变量 ${variable}：运行 logpatrol 的地方也要有它`,
  keptIn: (file) => `密码在 ${file}（权限 600）`,
};

export function addWording(language: Config['language']): AddWording {
  return language === 'en' ? en : zh;
}
