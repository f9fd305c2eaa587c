"""What the APIs refuse, in their own codes and words.

Two lists with their own meaning of each code, one for numbers and one for orders: error_codes.csv in
contracts/chinapost.
"""

from __future__ import annotations

ALLOCATION: dict[str, str] = {
    "S01": "非法的 JSON 格式",
    "S02": "非法的授权验证(账号和秘钥)",
    "S03": "非法的数字签名",
    "S06": "非法版本号 version 不正确",
    "S07": "分配条码失败，请检查参数",
    "B01": "暂无条码分配",
    "B02": "业务类型错误",
    "B03": "缺失参数",
    "B04": "超出单次获取条码最大数",
    "B05": "获取条码过于频繁，请稍后再试",
    "B06": "获取条码客户号不一致",
    "B07": "参数过长",
    "B08": "非法物流公司代码",
    "B09": "非法字符(逗号, \\n)",
    "B12": "寄达国不支持该业务类型",
}
ORDER: dict[str, str] = {
    "S01": "非法的 XML/JSON",
    "S02": "非法的数字签名",
    "S03": "非法的物流公司/仓储公司",
    "S04": "非法的通知类型(version 版本信息不正确)",
    "S05": "非法的消息类型",
    "S12": "非法的电商标识",
    "S14": "非法特殊字符，如+,||号等",
    "S15": "非法寄达国编码",
    "B00": "未知业务错误",
    "B01": "订单XML数据不完整(缺失XML节点)",
    "B02": "时间格式错误",
    "B03": "必填数据为空",
    "B05": "业务类型不正确",
    "B06": "订单号重复",
    "B07": "参数过长",
    "B08": "条码重复",
    "B09": "条码验证中,请十分钟后再提交!",
    "B10": "非本订单所属条码",
    "B11": "非平台发货条码",
    "B12": "邮件重量错误,不能超过2000g",
    "B13": "非法内件或内件类目名称非英文",
    "B14": "账户当前余额必须大于设定的阀值",
    "B15": "资金账户为禁用或退款中状态",
    "B16": "简易小包寄达国错误",
}


class Refusal(Exception):
    """A request that is not done.

    Args:
        table: `ALLOCATION` or `ORDER`.
        code: A code out of it.
        about: What it is about, such as the name of a field; put behind the words.
    """

    def __init__(self, table: dict[str, str], code: str, about: str = "") -> None:
        self.code = code
        self.message = table[code] + (f": {about}" if about else "")
        super().__init__(f"{code} {self.message}")


def refused(code: str, about: str = "") -> Refusal:
    """Return the refusal of an order."""
    return Refusal(ORDER, code, about)


def no_number(code: str, about: str = "") -> Refusal:
    """Return the refusal of a number."""
    return Refusal(ALLOCATION, code, about)
