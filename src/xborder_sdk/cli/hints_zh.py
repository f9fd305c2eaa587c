"""Errors' headlines and hints in Chinese, shown beside the English words where the operator's language is Chinese.

Keys are the English words as they stand in the code; a hint that holds a value is met by its pattern.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

HEADLINES = {
    "XborderError": "出错了",
    "ConfigurationError": "配置有误，未发送任何请求",
    "UnknownAccount": "没有这个账号",
    "UnknownConnector": "没有安装提供该连接器的插件",
    "BrokenPlugin": "插件无法加载",
    "DuplicateConnector": "两个插件使用同一个连接器名称，均未启用",
    "InvalidSettings": "账号设置不符合连接器的要求",
    "MissingExtra": "缺少可选组件",
    "UsageError": "调用方式不对，未发送任何请求",
    "UnsupportedOperation": "该连接器或账号不支持此操作",
    "UnsupportedOption": "该选项不被支持，不会被默默忽略",
    "InvalidRequest": "请求内容有误",
    "InvalidCursor": "翻页游标无效",
    "ReadOnlyAccount": "该账号为只读",
    "TransportError": "网络错误",
    "NotSent": "未能连接，已确认没有发出任何数据",
    "ConnectionLost": "连接中断，数据可能已经发出",
    "TimedOut": "对方长时间没有回应",
    "DeadlineExceeded": "已超过允许的时间",
    "AnswerError": "对方的答复不是所要的内容",
    "Refused": "对方拒绝，未做任何操作",
    "AuthenticationFailed": "凭证错误、过期或已被撤销",
    "PermissionDenied": "凭证有效，但没有此项权限",
    "NotFound": "对方没有这条记录",
    "Conflict": "对象已被修改或状态已变",
    "TooLate": "已超过平台的期限",
    "Throttled": "请求过于频繁",
    "VendorDown": "对方系统故障",
    "MalformedResponse": "无法读懂对方的答复",
    "AnswerTooLarge": "答复超过账号允许的大小",
    "EffectError": "涉及只能执行一次的操作",
    "OutcomeUnknown": "结果未知：可能已执行，也可能没有",
    "EffectInProgress": "另一个进程正在执行",
    "AlreadyDone": "此操作已经执行过",
    "LeaseLost": "已由另一个进程接手，未发送任何请求",
    "NotificationRefused": "推送消息未通过验证，未做任何操作",
    "LedgerError": "操作台账无法使用，未发送任何请求",
    "PrinterError": "打印机没有接收或打印文件",
    "PrinterStopped": "打印机需要人工处理，未发送任何内容",
    "DocumentError": "文件无法读取、绘制或排版",
    "ConnectorBug": "连接器有缺陷",
}
"""By the name of the error; an error that is not here has the headline of the nearest one it is derived from."""

HINTS = {
    # errors
    "remove read_only from the account's settings to allow effects": "如需允许写操作，请从账号设置中删除 read_only",
    "allow more time, or ask for less": "放宽时间限制，或减少请求的内容",
    "check the account's credentials with `xborder doctor`": "用 `xborder doctor` 检查该账号的凭证",
    "read it again before deciding": "请重新读取后再决定",
    "the platform's site may still offer a way": "可到平台网站上看看是否还有办法",
    "do not repeat it: let `settle` ask the vendor, or decide with `xborder review`": (
        "请勿重复操作：用 `settle` 向对方查询，或用 `xborder review` 人工确认"
    ),
    "wait for it; the same call returns its result once it is settled": "请等待；完成后同样的调用会返回其结果",
    "use the existing result; to do it again on purpose, raise `attempt`": (
        "请使用已有结果；确需再做一次，请增大 `attempt`"
    ),
    "report it to the connector's author": "请报告给连接器的作者",
    "leave the option out, or use an account that supports it": "去掉该选项，或改用支持它的账号",
    "try again later": "请稍后再试",
    "name a TrueType font that has them, or say it without them; a picture of a text can be added as it is": (
        "请指定含有这些字的 TrueType 字体，或换一种写法；也可以把文字的图片原样附上"
    ),
    # the command
    "write one (see the configuration page of the docs), or name one with --config or XBORDER_CONFIG;"
    " `xborder demo` works without": (
        "请编写配置文件（见文档的配置页），或用 --config 或 XBORDER_CONFIG 指定；`xborder demo` 不需要配置"
    ),
    "name another folder with --out": "请用 --out 指定另一个文件夹",
    "write 48h or 3d": "请写成 48h 或 3d",
    "write ACCOUNT/NUMBER, such as dhl-shenzhen/1234567890": "请写成 账号/单号，例如 dhl-shenzhen/1234567890",
    "a picture of it can be added with --add": "可用 --add 附上它的图片",
    "--happened NUMBER, or --not-happened": "用 --happened 单号，或 --not-happened",
    "ask for offline access in the account's scopes": "请在账号的 scopes 中申请离线访问",
    "name another place in the configuration, and log in": "请在配置中换一个位置，然后重新登录",
    "use --keep file, or --keep auto": "请使用 --keep file 或 --keep auto",
    "write 2026-03-01T08:00Z, 36h or 7d": "请写成 2026-03-01T08:00Z、36h 或 7d",
    "name orders, or --buyer ID": "请给出订单号，或用 --buyer 指定买家",
    "list them with: xborder accounts": "可用 xborder accounts 查看",
    "--force replaces it": "加 --force 可以覆盖",
    "was one of its words given with --keep?": "是否用 --keep 保留了其中的词？",
    "copy the whole address from the browser's address bar, with its code= and state=": (
        "请从浏览器地址栏复制完整网址，包括 code= 和 state="
    ),
    "run xborder login again, and finish what it opens": "请重新运行 xborder login，并在它打开的页面完成授权",
    "run xborder login again; --timeout allows more time": "请重新运行 xborder login；可用 --timeout 延长等待时间",
    "run xborder login again": "请重新运行 xborder login",
    "name another --port": "请换一个 --port",
    "run: pip install xborder-sandbox": "请运行 pip install xborder-sandbox",
    "xborder ship --example prints one": "xborder ship --example 会输出一个示例",
    "see `xborder ship --example`": "参见 `xborder ship --example`",
    # disputes
    "build the pack anew, with fewer attachments": "请减少附件后重新生成证据包",
    "read it again, and decide again; evidence that was added stays, and is not added twice": (
        "请重新读取并重新决定；已添加的证据会保留，不会重复添加"
    ),
    "read it again, and decide again": "请重新读取并重新决定",
    "say --account and --kind": "请指定 --account 和 --kind",
    "write 12.50USD": "请写成 12.50USD",
    "`xborder disputes --all` lists them": "可用 `xborder disputes --all` 列出",
    "convert it first": "请先转换格式",
    "name another folder, or replace it on purpose": "请指定另一个文件夹，或明确要求替换",
    "build it anew: xborder disputes evidence": "请重新生成：xborder disputes evidence",
    # fulfilment
    "separate the columns by commas, not semicolons": "各列请用逗号分隔，不要用分号",
    'save it as "CSV UTF-8"': "请另存为“CSV UTF-8”格式",
    "its first line names the columns, beginning with sku": "第一行应为列名，以 sku 开头",
    "put names that hold a comma in double quotes": "含逗号的名称请加英文双引号",
    "it names orders, carriers and the sender": "其中应写明店铺、物流商和寄件人",
    "settle it with `xborder review` first": "请先用 `xborder review` 处理",
    "name a CSV file, or pass a catalogue": "请指定 CSV 文件，或传入商品目录",
    "supply the number first": "请先补填单号",
    "name it by its own id": "请使用订单自身的编号",
    "give a function instead of a file": "请改为传入函数，而不是文件",
    "the ledger is no file, so name a file for the work store": "台账不是文件，请为工作记录指定一个文件",
    "its lease ran out: nothing to do": "占用已到期，无需处理",
    "--older-than 90d, or retention_days in the configuration's [privacy]": (
        "用 --older-than 90d，或在配置的 [privacy] 中设置 retention_days"
    ),
    "it cannot be recorded": "该操作无法录制",
    "name who can in fulfilment.track_with": "请在 fulfilment.track_with 中指定可以查询轨迹的账号",
    # ledger
    "write postgresql://user@host/database, with special characters of the password percent-encoded": (
        "请写成 postgresql://user@host/database，密码中的特殊字符要用百分号编码"
    ),
    "is the server up, and the URL right?": "请检查数据库是否在运行、网址是否正确",
    "upgrade xborder-sdk in every worker": "请升级所有进程中的 xborder-sdk",
    "stop every worker, put the right file in place, start again": "请停止所有进程，放回正确的文件后再启动",
    "name a file in a folder this user may write": "请指定当前用户有写权限的文件夹中的文件",
    "name another file": "请指定另一个文件",
    "put it on a local disk, or use PostgreSQL: network folders do not lock reliably": (
        "请放在本地磁盘，或使用 PostgreSQL：网络文件夹的文件锁不可靠"
    ),
    "both may exist at the vendor: look, and cancel the one that is not wanted": (
        "对方那里可能两个都有：请查看，并取消不要的那个"
    ),
    # printers
    "print under another name, or take the old file away": "请换一个名称打印，或移走旧文件",
    "use larger media, order smaller labels, or lower least_scale in the printer's settings": (
        "请用更大的纸、订购更小的面单，或在打印机设置中调低 least_scale"
    ),
    "use a print server such as CUPS before it": "请在它前面使用 CUPS 之类的打印服务器",
    "choose another `media` in the account's settings, or let the printer know its paper": (
        "请在账号设置中更换 `media`，或在打印机上设置纸张"
    ),
    # accounts
    "plain http is only allowed to this machine, since credentials and addresses travel in it": (
        "凭证和地址会在其中传输，明文 http 只允许访问本机"
    ),
    "raise max_answer_bytes in the account's settings if that is right": (
        "若属正常，请在账号设置中调大 max_answer_bytes"
    ),
    "settle the other attempt with `xborder review`; attempts are numbered without gaps": (
        "请先用 `xborder review` 处理另一次尝试；attempt 编号必须连续"
    ),
    "uninstall one of them": "请卸载其中一个",
    "install versions that fit each other": "请安装相互匹配的版本",
}

_PATTERNS = (
    (re.compile(r"configured: (.+)", re.DOTALL), "已配置：{0}"),
    (re.compile(r"known: (.+)", re.DOTALL), "可用：{0}"),
    (re.compile(r"run: (pip install .+)", re.DOTALL), "请运行 {0}"),
    (re.compile(r"run: (xborder .+)", re.DOTALL), "请运行 {0}"),
    (re.compile(r"did you mean (.+)\?", re.DOTALL), "您是不是想用 {0}？"),
    (re.compile(r"there are (\d+)"), "共有 {0} 条"),
    (re.compile(r"possible now: (.+)", re.DOTALL), "目前可以：{0}"),
    (re.compile(r"installed: (.+)", re.DOTALL), "已安装：{0}"),
    (re.compile(r"columns: (.+)", re.DOTALL), "可用的列：{0}"),
    (re.compile(r"connectors of fulfilment\.orders: (.+)", re.DOTALL), "fulfilment.orders 中店铺的连接器：{0}"),
    (
        re.compile(r"add (\[accounts\..+\]), or name one of (.+)", re.DOTALL),
        "请添加 {0}，或使用其中之一：{1}",
    ),
    (re.compile(r"put it there: (xborder login .+), or  (keyring set .+)", re.DOTALL), "请存入：{0}，或 {1}"),
    (re.compile(r"KIND=FILE with (.+)", re.DOTALL), "请写成 KIND=FILE，KIND 可为 {0}"),
    (re.compile(r"write (.+)Z or (.+)\+08:00"), "请写成 {0}Z 或 {1}+08:00"),
)


def speaks_chinese(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the operator's language is Chinese: the first of LC_ALL, LC_MESSAGES and LANG that is set decides.

    Args:
        environment: Instead of the process's own.
    """
    found = os.environ if environment is None else environment
    language = next((found[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if found.get(name)), "")
    return re.match(r"zh(?![a-z])", language, re.IGNORECASE) is not None


def headline(error: type[BaseException]) -> str | None:
    """An error's headline.

    Args:
        error: Its type.
    """
    return next((HEADLINES[base.__name__] for base in error.__mro__ if base.__name__ in HEADLINES), None)


def translated(hint: str) -> str | None:
    """A hint's translation; None where there is none.

    Args:
        hint: The English words.
    """
    if hint in HINTS:
        return HINTS[hint]
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(hint)
        if found is not None:
            return words.format(*found.groups())
    first, _, rest = hint.partition("; ")  # what always holds, and what the vendor's answer adds
    if rest and first in HINTS:
        return f"{HINTS[first]}；{translated(rest) or rest}"
    return None
