/** A name as it is compared: case, blanks, `_`, `-` and `.` do not count. */
function normalField(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.-]+/g, '');
}

const names = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Fields that name the host, by host name or address; each that is there does. */
const hostFields = names(`
  host hosts hostname fqdn ip ips ipaddress ipaddr ipv4 ipv6 address addresses primaryip privateip publicip server servername
  node nodename instance bmc bmcip ipmi ipmiip
  主机 主机名 主机名称 主机ip 服务器 服务器名 服务器名称 服务器ip 设备名 设备名称 实例 实例名 地址 ip地址 管理ip 内网ip 外网ip 业务ip 带外ip 带外地址`);
/** Fields that name it where none of those is there: elsewhere they name something else. */
const vagueHostFields = names('name 名称 资产名称 资产名');

/** Fields that name who is responsible, the first that says something wins. */
const ownerFields = [
  ...names(`owner owners assetowner serviceowner 负责人 主负责人 系统负责人 运维负责人 资产负责人 责任人 维护人
  maintainer maintainers responsible responsibleperson 运维人员 oncall 管理员 联系人 contact`),
];

/** A BMC's password stands in many an inventory; it is nobody's business here. */
const secretField = /passw|pwd|secret|token|credential|private.?key|api.?key|密码|口令|密钥|私钥|凭证/i;

export function isSecretField(name: string): boolean {
  return secretField.test(name);
}

/** Of these fields, those that name the host. */
export function hostFieldsOf(fields: readonly string[]): string[] {
  const of = (known: ReadonlySet<string>) => fields.filter((field) => known.has(normalField(field)));
  const found = of(hostFields);
  return found.length > 0 ? found : of(vagueHostFields);
}

/** Of these fields, those that name an owner, the most telling first. */
export function ownerFieldsOf(fields: readonly string[]): string[] {
  const rank = (field: string) => ownerFields.indexOf(normalField(field));
  return fields.filter((field) => rank(field) >= 0).sort((a, b) => rank(a) - rank(b));
}
