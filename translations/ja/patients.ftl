# 療養者のコマンドの文。

patients-nothing-given = 変更する項目が指定されていません。指定できる項目は `kenkocall patients set --help` で確かめられます
patients-nothing-changed = 何も変更していません
patients-doubt = 注意: { $doubt }。その場合は、誤ったほうの療養を `kenkocall patients release` で終了してください
patients-same = 変更はありません: HER-SYS ID { $id }
patients-added = 追加しました: HER-SYS ID { $id }
patients-changed = 変更しました: HER-SYS ID { $id }
patients-stopped = 自動架電を停止しました: HER-SYS ID { $id }
patients-released = 療養を終了しました: HER-SYS ID { $id }
erase-not-rewritten =
    注意: データベースのファイルをほかのプログラムが使用中のため、書き直す(VACUUM)までは、使われていない部分に消去した値が残ることがあります
erase-done = 消去しました: 回答、報告、通知 { $rows }件。通話{ $calls }件は、電話番号、押されたキー、読み上げた内容を除いて残ります
erase-plain-entries = 操作の記録のうち{ $entries }件は以前の版で書かれたもので、引き続き読めます
