# Why an uploaded list is refused as a whole.

upload-cut-off = The file is cut off in the middle of row { $row }; the rows up to { $whole } can be read. Copy or export the file again, and upload it once more
