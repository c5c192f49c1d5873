/**
 * Words that say nothing of what is wrong: what is merely frequent weighs little by itself, but in runbooks the words of talk are rare and
 * would weigh the most. Not among them: words of state and negation (`no`, `not`, `down`, `off`, `out`, `没`, `不`, `掉`), which mean something
 * with their neighbours.
 */
export const stopWords: ReadonlySet<string> = new Set(
  `a about actually again ain all also always am an and another any anybody anyone anything are aren as ask asked asking asks at be because
been being but by can cannot come comes coming could couldn couple did didn do does doesn doing don done each either else even ever every
everybody everyone everything for from get gets getting give gives go goes going gonna got had has hasn have haven having he help her here
hers hey hi him his how however i if im in indeed into is isn it its just keep keeps kind know let lets like look looked looking looks
lot lots make makes making may maybe me might morning much must my need needed needs night now of oh ok okay on one or other our ours
own people perhaps please pls plz put quite rather really right said saw say saying says see seeing seem seems seen she should
shouldn show showed showing shown shows since so some somebody someone something sometimes somehow soon still stuff such suddenly sure take
takes taking tell tells than thank thanks that the their them then there these they thing things think this those though through to today
tonight too took tried two until upon us uses using very ve via wanna want wants was wasn we well went were weren what
whatever when where whether which while who whole whom whose why will with without won would wouldn yesterday yet you your yours
的 地 得 了 呢 吗 吧 啊 呀 哦 哈 嘛 啦 噢 喂 嗯 哎 唉 哇 着 过 和 与 及 跟 同 或 或者 还是 在 是 有 把 被 让 给 将 使 叫 令 就 都 也 还 又 再 很 太 挺 蛮 更
最 好 这 那 该 此 其 某 每 各 另 本 这个 那个 这些 那些 这种 那种 这样 那样 这么 那么 这里 那里 这儿 那儿 这边 那边 什么 啥 咋 咋样 怎么 怎样 怎么样 怎么办
为什么 为啥 为何 谁 哪 哪个 哪些 哪里 哪儿 哪边 多少 几 几个 我 你 您 他 她 它 咱 俺 我们 你们 他们 它们 咱们 大家 各位 别人 有人 人家 自己 老师 同学 大佬 兄弟
一下 下子 一会儿 会儿 看一下 看看 看到 看见 看 瞧 帮 帮忙 帮看 麻烦 请问 请教 请 求助 求 谢谢 多谢 感谢 急 救命 你好 您好 一个 一些 一点 有点 有些 有的 有时 有时候
好像 似乎 感觉 觉得 貌似 大概 估计 应该 可能 也许 是不是 有没有 能不能 要不要 突然 忽然 突然间 莫名 莫名其妙 现在 目前 刚 刚刚 刚才 今天 昨天 昨晚 今晚 今早 早上
上午 中午 下午 晚上 半夜 凌晨 夜里 最近 一直 一直在 老 老是 总 总是 经常 常常 偶尔 东西 事 事儿 事情 情况 回事 时候 样子 个 台 次 条 些 种 位 件 从 自 对
到 向 往 由 上 下 里 中 内 后 前 时 等 以 为 于 之 所 则 而 但 但是 不过 然后 结果 于是 后来 接着 如果 要是 因为 由于 所以 因此 导致 虽然 并 并且 而且 且 可以 能 会
要 想 需要 已经 正在 在线等 开始 没有 不是 不知道 用 用着 使用 说 说是 讲 问 告诉 来 去 进 放 做 弄 搞 干 出 跑 走 拿 找 点 试 试了 试试 出来 进来 进去 上来 上去 下来
下去 起来 过来 过去 回来 回去 没法 没办法 没辙 搞不定 弄不了 怎么回事 出现 发现 变成 变 全 全部 全都 所有 整个 大量 大批 很多 许多 好多 好几 好几个 几十 几百 半天 只 只有
只能 才 却 竟然 居然 反正 其实 到底 究竟 真的 完全 根本 马上 立刻 赶紧 快 先 刚好 依然 依旧 仍然 仍 重新 每次 每天 之前 之后 以前 以后 里面 上面 下面 外面 其他 其它 别的
另外 还有 以及 比如 例如 关于 通过 根据 按照 进行 提示 显示 报 说明 知道`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
