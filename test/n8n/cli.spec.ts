import { CURRENT } from '../../harness/n8n/install/hosts';
import { commandLineStories } from './support/commandLineStories';

describe('Command line of the newest n8n', () => commandLineStories(CURRENT));
