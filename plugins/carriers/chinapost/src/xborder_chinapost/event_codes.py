"""Codes of China Post's tracking events.

Adapted from "Open Logistics Tracking Standard (OLTS)", `mappings/cn/ems.csv` at commit db983b07, by the OLTS authors,
licensed CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Changed: turned into Python; the notes on what a
code takes back made a table of their own; all other notes left out. OLTS has the codes from the vendor's page for
customers of 2026-05-13. `signed:` and `unsigned:` are OLTS's marks of two further lists: how a delivery went, and why
it failed.
"""

from __future__ import annotations

from typing import Final

EVENTS: Final = {
    "013": "exception",  # 订单拦截成功
    "203": "picked_up",  # 收寄计费信息
    "207": "exception",  # 揽收环节删除邮件
    "208": "transferred_to_carrier",  # 客户交接
    "212": "exception",  # 客户交接取消
    "303": "in_transit",  # 揽收批量配发
    "304": "exception",  # 揽投配发取消
    "305": "departed_from_hub",  # 揽投发运/封车
    "312": "return_initiated",  # 转退营业
    "326": "in_return_transit",  # 投递邮件接收-退件封发
    "336": "in_transit",  # 揽收直连配发
    "345": "in_transit",  # 揽收扫描配发
    "356": "in_transit",  # 处理中心分拣机落格绑定
    "358": "in_transit",  # 处理中心容器绑定
    "360": "in_transit",  # 处理中心挂信齐格封发
    "364": "in_transit",  # 处理中心分拣机齐格封发
    "365": "in_transit",  # 处理中心分拣机扫描封袋
    "368": "in_transit",  # 处理中心分拨扫描
    "370": "in_transit",  # 处理中心到段封发
    "371": "in_transit",  # 处理中心指定封发-封袋
    "374": "in_transit",  # 处理中心动态封发-封袋
    "375": "in_transit",  # 处理中心二码合一封发
    "376": "in_transit",  # 处理中心扫描封发
    "379": "in_transit",  # 处理中心邮件追加
    "389": "departed_from_hub",  # 处理中心封车
    "394": "in_transit",  # 处理中心道段封发
    "396": "in_transit",  # 外系统封发
    "399": "in_transit",  # 处理中心动态调度
    "404": "transferred_to_carrier",  # 交航扫描
    "405": "return_initiated",  # 库区退回扫描
    "423": "departed_from_hub",  # 出口邮件直封封发
    "424": "exception",  # 出口邮件直封封发删除
    "447": "in_return_transit",  # 退回邮件开拆
    "448": "exception",  # 退回邮件开拆删除
    "456": "clearance_completed",  # 已完成目的国清关
    "457": "departed_from_hub",  # 航空公司启运
    "458": "arrived_at_hub",  # 到达境外航站
    "459": "arrived_at_hub",  # 到达境外进口互换局
    "460": "departed_from_hub",  # 离开境外进口互换局
    "461": "arrived_at_destination",  # 到达境外投递局
    "462": "delivery_attempted",  # 境外试投
    "463": "delivered",  # 境外妥投
    "464": "picked_up",  # 境外收寄
    "465": "arrived_at_hub",  # 到达境外出口互换局
    "466": "customs_declared",  # 发送到境外海关部门
    "467": "customs_inspection",  # 境外海关清关查验
    "468": "clearance_completed",  # 境外已完成目的国清关
    "469": "customs_released",  # 境外海关放行
    "470": "customs_held",  # 境外海关扣留
    "472": "exception",  # 交航扫描删除
    "474": "exception",  # 库区退回扫描删除
    "481": "transferred_to_carrier",  # 境外已交付航空公司
    "482": "return_initiated",  # 交换站退回扫描
    "483": "exception",  # 交换站退回扫描删除
    "485": "arrived_at_hub",  # 境外进口互换局留存
    "486": "customs_declared",  # 送交境外进口海关
    "487": "customs_released",  # 境外进口海关放行
    "488": "arrived_at_hub",  # 到达境外经转局
    "489": "departed_from_hub",  # 离开境外经转局
    "490": "arrived_at_destination",  # 境外投递点留存
    "491": "delivery_to_locker",  # 到达境外自提点
    "492": "exception",  # 境外进口取消
    "493": "customs_held",  # 境外进口海关留存待验
    "494": "departed_from_hub",  # 离开境外出口互换局
    "495": "arrived_at_hub",  # 到达境外经转局（第三国经转）
    "496": "departed_from_hub",  # 离开境外经转局（第三国经转）
    "498": "arrived_at_hub",  # 到达境外二级处理中心
    "499": "in_transit",  # 计划交航
    "500": "transferred_to_carrier",  # 航空公司接收
    "505": "arrived_at_hub",  # 飞机到达进港
    "506": "arrived_at_hub",  # 口岸接收扫描
    "516": "arrived_at_destination",  # 总包到底寄达地
    "520": "arrived_at_hub",  # 口岸（水陆路）到达
    "521": "departed_from_hub",  # 口岸（水陆路）离开
    "533": "in_transit",  # 理货确认
    "534": "exception",  # 理货异常
    "538": "transferred_to_carrier",  # 已送交承运商
    "542": "delivery_attempted",  # 境外试投失败
    "552": "in_transit",  # 发送ITMATT
    "553": "exception",  # 接收到M53信息（RFI/ERR）
    "554": "in_transit",  # 接收到M53信息（RFS）
    "555": "in_transit",  # 接收到M53信息（DNL）
    "556": "in_transit",  # 接收到M53信息（ASC）
    "557": "in_transit",  # 发送M54信息（补充订单）
    "558": "in_transit",  # 发送M54信息（安检确认）
    "562": "customs_released",  # 境外进口海关批准
    "563": "customs_released",  # 境外海关批准进口
    "564": "customs_held",  # 境外海关拒绝（禁止）进口
    "565": "customs_declared",  # 到达海关指定机构
    "651": "exception",  # 物流异常提醒
    "702": "out_for_delivery",  # 投递下段
    "704": "delivered",  # 投递结果反馈-妥投
    "705": "delivery_attempted",  # 投递结果反馈-未妥投
    "708": "return_initiated",  # 退件登记
    "711": "returned_to_sender",  # 退回妥投
    "713": "arrived_at_destination",  # 到达投递机构
    "723": "delivery_attempted",  # 转窗投
    "741": "return_initiated",  # 妥投退回登记
    "742": "exception",  # 投递下段撤销
    "743": "exception",  # 投递妥投撤销
    "744": "exception",  # 投递未妥投撤销
    "747": "delivery_to_locker",  # 包裹柜/自提点已接收
    "748": "delivered",  # 收件人已取走邮件
    "749": "out_for_delivery",  # 投递员取走邮件
    "750": "return_initiated",  # 投递员收回邮件
    "751": "exception",  # 包裹柜运营管理员取走邮件
    "756": "address_issue",  # 电子渠道收件人改址
    "764": "order_created",  # 已支付尾款
    "801": "order_cancelled",  # 撤单
    "802": "address_issue",  # 改址
    "803": "address_issue",  # 总部改址
    "893": "in_transit",  # 处理中心分拣机主动齐格
    "911": "departed_from_hub",  # 航班起飞
    "912": "arrived_at_hub",  # 航班降落
    "913": "in_transit",  # RFID齐格封发
    "916": "in_transit",  # 处理中心包分机自动齐格
    "931": "in_transit",  # 南集齐格-总包入箱
    "932": "in_transit",  # 南集齐格-二码合一封发
    "937": "in_transit",  # 南集齐格-封袋
    "950": "transferred_to_carrier",  # 送交承运商
    "954": "arrived_at_hub",  # 邮件到达处理中心
    "973": "customs_inspection",  # 进口二次安检
    "987": "lost",  # 丢失已赔付（赔付给协议客户）
    "988": "lost",  # 丢失已赔付（赔付给收件人）
    "991": "in_transit",  # 长途运输提示
    "993": "exception",  # F邮件拦截指令发布
    "C_001": "arrived_at_destination",  # 到达
    "C_002": "customs_declared",  # 待清关
    "C_003": "clearance_completed",  # 已通关
    "C_004": "customs_duty_paid",  # 税单已出
    "C_005": "customs_held",  # 待征税
    "C_006": "customs_declared",  # 待申报
    "C_007": "customs_held",  # 申报审核未通过
    "C_008": "customs_released",  # 已放行
    "C_009": "returned_to_sender",  # 退运
    "C_010": "customs_declared",  # 正在报关
    "C_011": "customs_held",  # 海关查扣
    "C_012": "customs_held",  # 清关延误
    "C_032": "clearance_completed",  # 已通关
    "C_033": "customs_declared",  # 正在报关
    "O_001": "picked_up",  # 入库收寄
    "O_002": "clearance_completed",  # 已通关
    "O_003": "in_transit",  # 送往机场
    "O_004": "departed_from_hub",  # 离港
    "O_005": "in_transit",  # 转运中
    "O_006": "exception",  # 停发
    "O_007": "in_transit",  # 目的地转运中
    "O_008": "arrived_at_hub",  # 到达处理中心
    "O_009": "departed_from_hub",  # 离开处理中心
    "O_010": "delivered",  # 已投递
    "O_011": "returned_to_sender",  # 退回
    "O_012": "refused",  # 拒收
    "O_013": "delivery_attempted",  # 投递失败
    "O_014": "out_for_delivery",  # 出门投递
    "O_016": "delivered",  # 已妥投
    "O_017": "awaiting_pickup",  # 到达待取
    "O_020": "in_transit",  # 邮件复重
    "O_022": "departed_from_hub",  # 离境封发
    "O_029": "in_transit",  # 互封封发
    "O_031": "customs_declared",  # 等待出口清关
    "O_032": "departed_from_hub",  # 离开收寄机构
    "O_033": "arrived_at_hub",  # 达到处理中心
    "O_034": "departed_from_hub",  # 离开处理中心
    "O_035": "departed_from_hub",  # 启运
    "O_036": "in_transit",  # 中转
    "O_037": "arrived_at_destination",  # 到达
    "O_038": "customs_declared",  # 目的国待清关
    "O_039": "customs_declared",  # 目的国待申报
    "O_040": "customs_held",  # 目的国申报审核未通过
    "O_041": "customs_held",  # 目的国海关查扣
    "O_042": "customs_held",  # 目的国清关延误
    "O_043": "clearance_completed",  # 目的国已通关
    "O_044": "customs_released",  # 目的国已放行
    "O_045": "exception",  # 出口清关异常
    "O_046": "clearance_completed",  # 出口清关完成
    "O_047": "transferred_to_carrier",  # 承运商接收
    "O_048": "exception",  # 目的国清关异常
    "O_049": "arrived_at_destination",  # 到达投递点
    "O_050": "transferred_to_carrier",  # 已交承运商运输
    "O_051": "arrived_at_destination",  # 到达境外目的地
    "V_398": "departed_from_hub",  # 处理中心封车
    "V_954": "arrived_at_hub",  # 邮件到达处理中心
    "EDA": "arrived_at_hub",  # 进口互换局留存
    "EDAD": "exception",  # 进口互换局留存删除
    "EDB": "customs_declared",  # 送交进口海关
    "EDC": "customs_released",  # 进口海关放行
    "EDCD": "exception",  # 进口海关放行删除
    "EME": "customs_held",  # 进口海关留存待验
    "EMED": "exception",  # 进口海关留存待验删除
    "EXA": "customs_declared",  # 送交出口海关/安全
    "EXAD": "exception",  # 送交出口海关/安全删除
    "EXB": "customs_held",  # 出口海关/安全留存待验
    "EXBD": "exception",  # 出口海关/安全留存待验删除
    "EXC": "customs_released",  # 出口海关/安全放行
    "EXCD": "exception",  # 出口海关/安全放行删除
    "EXD": "arrived_at_hub",  # 出口互换局留存
    "EXDD": "exception",  # 出口互换局留存删除
    "signed:10": "delivered",  # 本人签收
    "signed:20": "signed_by_third_party",  # 他人代收
    "signed:30": "delivery_to_locker",  # 自提点
    "signed:50": "delivery_to_locker",  # 包裹柜
    "signed:60": "signed_by_third_party",  # 收发室
    "signed:70": "signed_by_third_party",  # 物业
    "signed:80": "delivery_to_locker",  # 刊邮站
    "signed:90": "delivery_to_locker",  # 协议信箱
    "signed:100": "delivered",  # 其他
    "signed:120": "delivery_to_locker",  # 对台仓储中心
    "signed:150": "delivery_to_locker",  # 信报箱
    "signed:160": "signed_by_third_party",  # 村（牧、矿）委会签收
    "signed:161": "delivered",  # 家门口
    "signed:162": "signed_by_third_party",  # 办公室收
    "signed:163": "delivery_to_locker",  # 水表箱
    "signed:164": "delivery_to_locker",  # 电表箱
    "signed:165": "delivery_to_locker",  # 消防栓
    "signed:166": "delivered",  # 门把手
    "signed:167": "delivery_to_locker",  # 牛奶箱
    "signed:168": "delivered",  # 鞋架
    "signed:169": "delivered",  # 无人代收
    "signed:180": "exception",  # 理赔签收
    "signed:181": "delivered",  # 巡视信箱签收
    "signed:ZDY": "delivered",  # 自定义签收
    "unsigned:1": "delivery_attempted",  # 收件人名址有误/不详/不在地址且电话无法接通待再投
    "unsigned:2": "address_issue",  # 收件人名址有误/不详且无法联系
    "unsigned:3": "address_issue",  # 查无此人/单位且无法联系
    "unsigned:4": "recipient_unavailable",  # 收件人不在地址且无法联系
    "unsigned:5": "address_issue",  # 迁移新址不明且无法联系
    "unsigned:6": "delivery_attempted",  # 收件人要求延迟投递（再投）
    "unsigned:7": "refused",  # 拒收
    "unsigned:8": "awaiting_pickup",  # 收件人要求自取（存局）
    "unsigned:9": "delivery_to_locker",  # 转营业窗口投交（转窗投）
    "unsigned:10": "return_initiated",  # 撤回
    "unsigned:11": "address_issue",  # 收件人改址（转）
    "unsigned:12": "address_issue",  # 寄件人改址（转）
    "unsigned:13": "lost",  # 邮件丢失
    "unsigned:14": "awaiting_pickup",  # 待收费后投递（存局）
    "unsigned:15": "return_initiated",  # 等待退回仓库或发货方（存局）
    "unsigned:16": "exception",  # 其他
}
"""OLTS's word by the carrier's code; the carrier's name of the scan in the comment."""

REVERSES: Final[dict[str, tuple[str, ...]]] = {
    "207": ("203",),
    "212": ("208",),
    "304": (
        "303",
        "336",
        "345",
    ),
    "424": ("423",),
    "448": ("447",),
    "472": ("404",),
    "474": ("405",),
    "483": ("482",),
    "742": ("702",),
    "743": ("704",),
    "744": ("705",),
    "EDAD": ("EDA",),
    "EDCD": ("EDC",),
    "EMED": ("EME",),
    "EXAD": ("EXA",),
    "EXBD": ("EXB",),
    "EXCD": ("EXC",),
    "EXDD": ("EXD",),
}
"""Which scans a scan takes back."""
